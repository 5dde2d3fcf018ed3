//! Pictures of any kind made fit for the API: the plan is `qwen_edit_api::fit`'s, the pixels are the browser's.

use std::rc::Rc;

use qwen_edit_api::fit::{self, Limits, Plan, Receipt, shares};
use web_sys::Blob;

use crate::codec::Codec;
use crate::{Original, Picture, PictureError, blob};

/// Makes pictures fit. Cheap to clone; clones share the codec.
#[derive(Clone, Debug)]
pub struct Fitter {
    codec: Rc<Codec>,
}

/// Something the user gave, checked.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file of any kind.
    File(Original),
    /// A link; the vendor fetches it, so nothing can be done to it.
    Link(Picture),
}

/// Which picture of a request cannot be made fit, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{error}")]
pub struct Unfit {
    /// Its place among the inputs, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub error: PictureError,
}

/// A picture as it goes to the API.
#[derive(Clone, Debug)]
pub struct Fitted {
    /// Ready for an edit.
    pub picture: Picture,
    /// What was done; `None` for a link.
    pub receipt: Option<Receipt>,
}

impl Fitter {
    /// `load` is a JavaScript function without parameters that gives a promise of the module `picture-codec-host.js`
    /// (in this crate's `js/`). It is called when the first file has to be looked into.
    pub fn new(load: js_sys::Function) -> Fitter {
        Fitter { codec: Rc::new(Codec::new(load)) }
    }

    /// Takes a file after reading its header; its pixels are looked at when it is made fit. What it is called plays no
    /// role, `name` is only for messages.
    ///
    /// # Errors
    /// When it is empty, no picture, damaged at its beginning, over [`fit::MAX_SOURCE_BYTES`], or unreadable.
    pub async fn read(&self, file: Blob, name: &str) -> Result<Original, PictureError> {
        self.codec.inspect(file, name).await
    }

    /// Makes all pictures of one request fit, one after the other: decoded, each may take 400 MB. `progress` is told the
    /// index of each picture that is done.
    ///
    /// An original remembers its last result: asking again after another picture was added costs nothing unless its own
    /// plan has changed.
    ///
    /// # Errors
    /// For the first picture that cannot be made fit. No original is changed.
    pub async fn fit(
        &self,
        inputs: &[Input],
        limits: &Limits,
        progress: impl Fn(usize),
    ) -> Result<Vec<Fitted>, Unfit> {
        let mut demands: Vec<u64> = inputs.iter().map(|input| input.demand(limits)).collect();
        let mut fitted = Vec::with_capacity(inputs.len());
        for (index, input) in inputs.iter().enumerate() {
            let done = match input {
                Input::Link(picture) => Fitted { picture: picture.clone(), receipt: None },
                Input::File(original) => {
                    let share = shares(&demands, limits).get(index).copied().unwrap_or_default();
                    self.fit_file(original, limits, share).await.map_err(|error| Unfit { index, error })?
                }
            };
            // What this one does not need is there for the next ones.
            if let Some(demand) = demands.get_mut(index) {
                *demand = done.receipt.as_ref().map_or(0, |receipt| receipt.after.bytes);
            }
            progress(index);
            fitted.push(done);
        }
        Ok(fitted)
    }

    async fn fit_file(
        &self,
        original: &Original,
        limits: &Limits,
        share: u64,
    ) -> Result<Fitted, PictureError> {
        let header = original.header();
        let plan = fit::plan(&header, limits, share)
            .map_err(|misfit| PictureError::of_misfit(original.name(), misfit))?;
        if let Some(fitted) = original.last_result(&plan) {
            return Ok(fitted);
        }
        let fitted = self.carry_out(&plan, original, limits).await?;
        original.remember(plan, fitted.clone());
        Ok(fitted)
    }

    async fn carry_out(
        &self,
        plan: &Plan,
        original: &Original,
        limits: &Limits,
    ) -> Result<Fitted, PictureError> {
        let conversion = match plan {
            Plan::Convert(conversion) => Some(conversion),
            Plan::AsIs | Plan::WithoutMetadata => None,
        };
        let (decoded, encoded) = self.codec.run(original, limits, conversion).await?;
        let (blob, reasons) = match (plan, encoded) {
            (Plan::Convert(conversion), Some(blob)) => (blob, conversion.reasons.clone()),
            (Plan::WithoutMetadata, _) => {
                (self.codec.without_metadata(original).await?, vec![fit::Reason::Location])
            }
            _ => (original.blob().clone(), Vec::new()),
        };
        let (facts, receipt) = decoded.receipt(&original.header(), blob::len(&blob), reasons);
        let picture = Picture::from_checked(blob, original.name(), facts);
        Ok(Fitted { picture, receipt: Some(receipt) })
    }
}

impl Input {
    fn demand(&self, limits: &Limits) -> u64 {
        match self {
            Input::File(original) => fit::demand(&original.header(), limits),
            Input::Link(_) => 0,
        }
    }
}
