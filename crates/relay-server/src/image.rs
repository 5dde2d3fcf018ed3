//! The picture route: one GET to a checked host, the bytes streamed through under a true label.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use http::{Method, Response};
use http_body_util::{BodyExt as _, Empty};
use hyper::body::{Body as HttpBody, Frame, Incoming};
use relay_policy::reject::{Charged, Code, Reject};
use relay_policy::sniff::Picture;
use relay_policy::target::Target;
use relay_policy::{answer, filename, headers, security};
use tokio::time::{Instant, Sleep, sleep_until, timeout_at};

use crate::body::{Body, BodyError};
use crate::config::Limits;
use crate::connector::{Connector, Reach};
use crate::exchange::{ConnectionTask, Exchange};

/// Fetches a picture. Nothing here costs money, whatever fails.
pub(crate) async fn fetch(
    connector: &Arc<Connector>,
    limits: &Limits,
    target: &Target,
    name: Option<&str>,
) -> Result<Response<Body>, Reject> {
    let (picture, length, body) = open(connector, limits, target).await?;
    Ok(label(picture, length, body.boxed_unsync(), name))
}

/// Fetches a picture up to its first bytes: what it is, how long it says it is, and the whole of it.
pub(crate) async fn open(
    connector: &Connector,
    limits: &Limits,
    target: &Target,
) -> Result<(Picture, Option<u64>, PictureBody), Reject> {
    let deadline = Instant::now() + limits.image_timeout;
    match timeout_at(deadline, begin(connector, limits, target, deadline)).await {
        Ok(Ok(opened)) => Ok(opened),
        Ok(Err(reject)) => Err(reject.with_charged(Charged::No)),
        Err(_) => Err(Reject::from(Code::UpstreamTimeout)
            .with_message("The image host did not answer in time.")
            .with_charged(Charged::No)),
    }
}

/// Everything up to the first bytes, which tell what it is.
async fn begin(
    connector: &Connector,
    limits: &Limits,
    target: &Target,
    deadline: Instant,
) -> Result<(Picture, Option<u64>, PictureBody), Reject> {
    let reach = if target.is_trusted() { Reach::Anywhere } else { Reach::PublicOnly };
    let exchange = Exchange::open(connector, target.origin(), reach).await?;
    let path = target.path_and_query().clone();
    let (sent, connection) =
        exchange.send(Method::GET, path, headers::for_image_host(), Empty::<Bytes>::new());
    let (head, mut rest) = sent.await.map_err(|_| broken())?.into_parts();
    let length = answer::check_picture_head(head.status, &head.headers, limits.image_bytes)?;
    let first = first_bytes(&mut rest).await?;
    let picture = Picture::sniff(&first).ok_or(Code::NotAnImage)?;
    let body = PictureBody {
        first: Some(first),
        rest,
        left: limits.image_bytes,
        deadline: Box::pin(sleep_until(deadline)),
        _connection: connection,
    };
    Ok((picture, length, body))
}

async fn first_bytes(body: &mut Incoming) -> Result<Bytes, Reject> {
    let mut first = BytesMut::new();
    while first.len() < Picture::MAGIC_BYTES {
        match body.frame().await {
            Some(Ok(frame)) => first.extend_from_slice(frame.data_ref().unwrap_or(&Bytes::new())),
            Some(Err(_)) => return Err(broken()),
            None => break,
        }
    }
    Ok(first.freeze())
}

fn broken() -> Reject {
    Reject::from(Code::ImageFailed).with_message("The connection to the image host broke.")
}

/// The answer around a picture's bytes.
pub(crate) fn label(picture: Picture, length: Option<u64>, body: Body, name: Option<&str>) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    security::for_picture(headers);
    headers.insert(CONTENT_TYPE, picture.content_type());
    headers.insert(CONTENT_DISPOSITION, filename::content_disposition(name, picture));
    if let Some(length) = length {
        headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    }
    response
}

/// Why a transfer was broken off; the caller sees a broken transfer, never a short picture that looks whole.
#[derive(Debug, thiserror::Error)]
enum PictureError {
    #[error("the picture is over the cap")]
    TooLarge,
    #[error("the picture took too long")]
    Late,
    #[error("the image host broke off")]
    Broken,
}

/// A picture on its way through.
pub(crate) struct PictureBody {
    first: Option<Bytes>,
    rest: Incoming,
    left: u64,
    deadline: Pin<Box<Sleep>>,
    _connection: ConnectionTask,
}

impl PictureBody {
    fn take(&mut self, data: Bytes) -> Result<Frame<Bytes>, PictureError> {
        self.left = self.left.checked_sub(data.len() as u64).ok_or(PictureError::TooLarge)?;
        Ok(Frame::data(data))
    }
}

impl HttpBody for PictureBody {
    type Data = Bytes;
    type Error = BodyError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.deadline.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Some(Err(BodyError::new(PictureError::Late))));
        }
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(self.take(first).map_err(BodyError::new)));
        }
        loop {
            let frame = match ready!(Pin::new(&mut self.rest).poll_frame(cx)) {
                None => return Poll::Ready(None),
                Some(Err(_)) => return Poll::Ready(Some(Err(BodyError::new(PictureError::Broken)))),
                Some(Ok(frame)) => frame,
            };
            if let Ok(data) = frame.into_data() {
                return Poll::Ready(Some(self.take(data).map_err(BodyError::new)));
            }
        }
    }
}
