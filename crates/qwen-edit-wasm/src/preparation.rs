//! From what a caller gave to a request that may be sent, for `npm/prepare.js`, which reads files and speaks to the
//! picture codec.

use qwen_edit_api::fit::{self, Conversion, Limits, Plan, Reason, demand, shares};
use qwen_edit_api::json::{Json, ObjectWriter, list, string};
use qwen_edit_api::{BodyPart, EditDraft, PictureFacts, PictureSource, find_model, phrase};
use qwen_edit_client::codec_protocol::{
    Decoded, Failed, Thrown, as_it_is, decoder, job, read_header, refused_header,
};
use qwen_edit_client::{Error, PictureError};
use wasm_bindgen::prelude::wasm_bindgen;

use crate::draft::{self, parsed};
use crate::error::{edit_error, instead, pictures_error};
use crate::receipt;

/// A piece of a file as base64 in ASCII; all pieces but the last are of a multiple of 3 bytes.
#[wasm_bindgen(js_name = toBase64)]
#[must_use]
pub fn to_base64(piece: &[u8]) -> Vec<u8> {
    qwen_edit_client::to_base64(piece)
}

/// One request in the making. First every picture is added, in order; then [`review`](Self::review) says whether to go on;
/// then, unless files are to stay as they are, each is planned for and settled; then the request can be written.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Preparation {
    draft: EditDraft,
    limits: Limits,
    /// Files stay as they are.
    is_final: bool,
    pictures: Vec<Picture>,
}

#[derive(Debug)]
enum Picture {
    Link(String),
    File(File),
    Refused(PictureError),
}

#[derive(Debug)]
struct File {
    name: String,
    header: fit::Original,
    facts: PictureFacts,
    plan: Plan,
    receipt: Option<fit::Receipt>,
}

#[wasm_bindgen]
impl Preparation {
    /// For the text see `draft.rs`. With `as_it_is` no file is changed, and what the API would refuse is refused.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(request: &str, as_it_is: bool) -> Preparation {
        let draft = draft::read(request);
        let limits = Limits::of(find_model(draft.model.trim()), None);
        Preparation { draft, limits, is_final: as_it_is, pictures: Vec::new() }
    }

    /// Adds a picture, as JSON: `{url, isAbsolute}`; or `{name, bytes}` with `found`, what the codec's inspect() gave, or
    /// `thrown`, what it threw, or `missing`, what was thrown when the codec did not load. `name` is only for messages.
    pub fn add(&mut self, picture: &str) {
        let picture = parsed(picture);
        self.pictures.push(match self.read(&picture) {
            Ok(picture) => picture,
            Err(error) => Picture::Refused(error),
        });
    }

    /// Whether to go on: `{nearsLimit}`, whether so many bytes are wanted that the relay should be asked how many it takes;
    /// or `{error}` about all refused pictures and everything else that is wrong.
    #[must_use]
    pub fn review(&self) -> String {
        let refused: Vec<(usize, PictureError)> = self
            .pictures
            .iter()
            .enumerate()
            .filter_map(|(index, picture)| match picture {
                Picture::Refused(error) => Some((index, error.clone())),
                _ => None,
            })
            .collect();
        // Before anything is decoded: it would be in vain.
        match self.whole_draft().validate().err() {
            violations if !refused.is_empty() => {
                return instead(&pictures_error(&refused, violations.as_ref()));
            }
            Some(violations) => return instead(&edit_error(&Error::from(violations))),
            None => {}
        }
        let mut object = ObjectWriter::new();
        object.flag("nearsLimit", self.demands().iter().sum::<u64>() > self.limits.body_bytes / 4 * 3);
        object.end()
    }

    /// Sets the largest request body to make, in bytes.
    #[wasm_bindgen(js_name = limitBody)]
    pub fn limit_body(&mut self, bytes: f64) {
        self.limits.body_bytes = bytes as u64;
    }

    /// What is to be done with the picture at this place, as JSON: `{}` for a link; else
    /// `{decoder, job, convert, strip}`: let the codec carry out the job, with a new file as its result where `convert`, and
    /// take the metadata out of the file where `strip`. Or `{error}`.
    pub fn plan(&mut self, index: usize) -> String {
        let share = shares(&self.demands(), &self.limits).get(index).copied().unwrap_or_default();
        let limits = self.limits;
        let Some(Picture::File(file)) = self.pictures.get_mut(index) else {
            return ObjectWriter::new().end();
        };
        match fit::plan(&file.header, &limits, share) {
            Ok(plan) => {
                file.plan = plan;
                file.task(&limits)
            }
            Err(misfit) => {
                let error = PictureError::of_misfit(&file.name, misfit);
                self.refuse(index, error)
            }
        }
    }

    /// What came of it, as JSON: `{bytes, result}`, the length of the file that goes and what the codec gave; or `thrown`,
    /// what the codec threw; or `unreadable`, what reading the file threw. Gives `{}` when to go on, else `{error}`.
    pub fn settle(&mut self, index: usize, outcome: &str) -> String {
        let outcome = parsed(outcome);
        let limits = self.limits;
        let Some(Picture::File(file)) = self.pictures.get_mut(index) else {
            return ObjectWriter::new().end();
        };
        match file.settle(&outcome, &limits) {
            Ok(()) => ObjectWriter::new().end(),
            Err(error) => self.refuse(index, error),
        }
    }

    /// The checked request: `{model, n, parts, receipts}`, where a part is JSON text, or the number of the picture whose
    /// base64 stands there. Or `{error}`.
    #[must_use]
    pub fn request(&self) -> String {
        let request = match self.whole_draft().validate() {
            Ok(request) => request,
            Err(violations) => return instead(&edit_error(&Error::from(violations))),
        };
        let part = |part| match part {
            BodyPart::Json(text) => string(&text),
            BodyPart::Base64 { picture } => phrase!(picture),
        };
        let receipt = |picture: &Picture| match picture {
            Picture::File(File { receipt: Some(receipt), .. }) => receipt::written(receipt),
            _ => "null".to_owned(),
        };
        let mut object = ObjectWriter::new();
        object.text("model", request.model());
        object.number("n", request.n().into());
        object.json("parts", &list(request.body_parts().into_iter().map(part)));
        object.json("receipts", &list(self.pictures.iter().map(receipt)));
        object.end()
    }
}

impl Preparation {
    fn read(&self, picture: &Json) -> Result<Picture, PictureError> {
        // Without the limit of files that go as they are: what they are comes first.
        let bytes = match draft::unjudged(picture, false) {
            Ok(PictureSource::Url(url)) => return Ok(Picture::Link(url)),
            Ok(PictureSource::File(_)) => picture.field("bytes").count().unwrap_or_default(),
            // A video is told to be one, whatever its size.
            Err(PictureError::TooLarge { bytes, .. }) => bytes,
            Err(error) => return Err(error),
        };
        let name = picture.field("name").text().unwrap_or_default().to_owned();
        if let missing @ Json::Object(_) = picture.field("missing") {
            return Err(PictureError::CannotConvert { name, detail: Thrown::read(missing).name });
        }
        if let thrown @ Json::Object(_) = picture.field("thrown") {
            return Err(refused_header(&name, Thrown::read(thrown)));
        }
        let header = read_header(picture.field("found"), bytes, &name)?;
        let facts = match self.is_final {
            true => as_it_is(&name, &header)?,
            false => Decoded::default().receipt(&header, bytes, Vec::new()).0,
        };
        Ok(Picture::File(File { name, header, facts, plan: Plan::AsIs, receipt: None }))
    }

    fn demands(&self) -> Vec<u64> {
        let demand = |picture: &Picture| match picture {
            // What a settled one does not need is there for the next ones.
            Picture::File(File { receipt: Some(receipt), .. }) => receipt.after.bytes,
            Picture::File(file) => demand(&file.header, &self.limits),
            Picture::Link(_) | Picture::Refused(_) => 0,
        };
        self.pictures.iter().map(demand).collect()
    }

    fn whole_draft(&self) -> EditDraft {
        let source = |picture: &Picture| match picture {
            Picture::Link(url) => PictureSource::Url(url.clone()),
            Picture::File(File { receipt: None, .. }) if !self.is_final => draft::unread(0),
            Picture::File(file) => PictureSource::File(file.facts),
            // So that the others keep their numbers and nothing is said of it twice.
            Picture::Refused(_) => draft::unread(0),
        };
        EditDraft { pictures: self.pictures.iter().map(source).collect(), ..self.draft.clone() }
    }

    fn refuse(&mut self, index: usize, error: PictureError) -> String {
        if let Some(picture) = self.pictures.get_mut(index) {
            *picture = Picture::Refused(error);
        }
        self.review()
    }
}

impl File {
    fn conversion(&self) -> Option<&Conversion> {
        match &self.plan {
            Plan::Convert(conversion) => Some(conversion),
            Plan::AsIs | Plan::WithoutMetadata => None,
        }
    }

    fn task(&self, limits: &Limits) -> String {
        let mut object = ObjectWriter::new();
        object.text("decoder", decoder(self.header.format));
        object.json("job", &job(&self.header, limits, self.conversion()));
        object.flag("convert", self.conversion().is_some());
        object.flag("strip", self.plan == Plan::WithoutMetadata);
        object.end()
    }

    fn settle(&mut self, outcome: &Json, limits: &Limits) -> Result<(), PictureError> {
        let name = &self.name;
        if let thrown @ Json::Object(_) = outcome.field("unreadable") {
            return Err(PictureError::Unreadable { name: name.clone(), detail: Thrown::read(thrown).name });
        }
        if let thrown @ Json::Object(_) = outcome.field("thrown") {
            let failed = Failed::of(name, &self.header, limits, Thrown::read(thrown));
            return failed.or_unjudged(name, &self.header, self.conversion()).map(drop);
        }
        let reasons = match &self.plan {
            Plan::AsIs => Vec::new(),
            Plan::WithoutMetadata => vec![Reason::Location],
            Plan::Convert(conversion) => conversion.reasons.clone(),
        };
        let bytes = outcome.field("bytes").count().unwrap_or_default();
        let (facts, receipt) = Decoded::read(outcome.field("result")).receipt(&self.header, bytes, reasons);
        self.facts = facts;
        self.receipt = Some(receipt);
        Ok(())
    }
}
