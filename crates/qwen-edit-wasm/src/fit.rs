//! Making the images of a request fit, and saying what was done to them.

use std::cell::OnceCell;
use std::rc::Rc;

use js_sys::Function;
use qwen_edit_api::find_model;
use qwen_edit_api::fit::{Facts, Limits, Reason, Receipt, demand};
use qwen_edit_client::{Client, Fitted, Fitter, Input, PictureError};
use wasm_bindgen::JsValue;

use crate::images::Fit;
use crate::object::{array, object};

/// Pictures refused, by their place among the images.
pub(crate) type Refused = Vec<(usize, PictureError)>;

/// Makes pictures fit for one client's relay.
#[derive(Clone, Debug)]
pub(crate) struct Preparation {
    pub(crate) fitter: Fitter,
    /// The largest body the relay takes, once it was asked.
    relay_body_bytes: Rc<OnceCell<Option<u64>>>,
}

impl Preparation {
    /// `load` gives a promise of the picture codec.
    pub(crate) fn new(load: Function) -> Preparation {
        Preparation { fitter: Fitter::new(load), relay_body_bytes: Rc::default() }
    }

    /// The pictures as they go to the API.
    pub(crate) async fn run(
        &self,
        client: &Client,
        inputs: &[Input],
        model: &str,
        fit: Fit,
        done: impl Fn(usize),
    ) -> Result<Vec<Fitted>, Refused> {
        let Fit::WhereNeeded { max_body_bytes } = fit else { return as_they_are(inputs) };
        let mut limits = Limits::of(find_model(model.trim()), max_body_bytes);
        // A relay is asked for its limit only when it matters.
        if max_body_bytes.is_none() && wanted_bytes(inputs, &limits) > limits.body_bytes / 4 * 3 {
            limits.body_bytes = self.relay_limit(client).await.unwrap_or(limits.body_bytes);
        }
        let fitted = self.fitter.fit(inputs, &limits, done).await;
        fitted.map_err(|unfit| vec![(unfit.index, unfit.error)])
    }

    async fn relay_limit(&self, client: &Client) -> Option<u64> {
        if let Some(known) = self.relay_body_bytes.get() {
            return *known;
        }
        // A relay that does not answer now may answer the next time.
        let stated = client.info().await.ok()?.and_then(|info| info.limits.body_bytes);
        *self.relay_body_bytes.get_or_init(|| stated)
    }
}

fn wanted_bytes(inputs: &[Input], limits: &Limits) -> u64 {
    let bytes = |input: &Input| match input {
        Input::File(original) => demand(&original.header(), limits),
        Input::Link(_) => 0,
    };
    inputs.iter().map(bytes).sum()
}

/// Nothing is changed; what the API would refuse is refused here, all of it at once.
fn as_they_are(inputs: &[Input]) -> Result<Vec<Fitted>, Refused> {
    let (mut fitted, mut refused) = (Vec::new(), Vec::new());
    for (index, input) in inputs.iter().enumerate() {
        let picture = match input {
            Input::File(original) => original.as_it_is(),
            Input::Link(picture) => Ok(picture.clone()),
        };
        match picture {
            Ok(picture) => fitted.push(Fitted { picture, receipt: None }),
            Err(error) => refused.push((index, error)),
        }
    }
    if refused.is_empty() { Ok(fitted) } else { Err(refused) }
}

/// `{ unchanged, before, after, reasons, quality? }`, or `undefined`.
pub(crate) fn receipt(receipt: Option<&Receipt>) -> JsValue {
    let Some(receipt) = receipt else { return JsValue::UNDEFINED };
    object([
        ("unchanged", receipt.is_untouched().into()),
        ("before", facts(receipt.before)),
        ("after", facts(receipt.after)),
        ("reasons", array(&mut receipt.reasons.iter().map(|it| JsValue::from_str(reason(*it)))).into()),
        ("quality", receipt.quality.map_or(JsValue::UNDEFINED, JsValue::from)),
    ])
    .into()
}

fn facts(facts: Facts) -> JsValue {
    object([
        ("format", JsValue::from_str(facts.format.name())),
        ("bytes", (facts.bytes as f64).into()),
        ("width", facts.width.into()),
        ("height", facts.height.into()),
    ])
    .into()
}

fn reason(reason: Reason) -> &'static str {
    match reason {
        Reason::Format => "format",
        Reason::FileTooLarge { .. } => "file-too-large",
        Reason::BodyTooLarge { .. } => "body-too-large",
        Reason::SideTooLong { .. } => "side-too-long",
        Reason::Sideways => "sideways",
        Reason::Location => "location",
    }
}
