//! One request on one fresh connection. No pool and no retry: a pooled connection can die just as a paid call
//! goes out, and whoever resends it then may pay twice.

use std::error::Error;

use bytes::Bytes;
use http::header::{HOST, HeaderMap, HeaderValue};
use http::uri::PathAndQuery;
use http::{Method, Request, Response, Uri};
use hyper::body::{Body, Incoming};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use relay_policy::origin::Origin;
use relay_policy::reject::{Code, Reject};
use tokio::task::AbortHandle;

use crate::connector::{ConnectError, Connector, Reach};

/// Answers with more headers are no answers.
const HEADER_BYTES: usize = 64 * 1024;
/// Read and write buffer; see the one of incoming connections.
const BUFFER_BYTES: usize = 128 * 1024;

/// A connection ready for its one request.
pub(crate) struct Exchange<B> {
    sender: SendRequest<B>,
    connection: ConnectionTask,
    host: HeaderValue,
}

/// The task that drives a connection; dropping it cuts the connection.
#[derive(Debug)]
pub(crate) struct ConnectionTask(AbortHandle);

impl Drop for ConnectionTask {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl<B> Exchange<B>
where
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    /// Connects.
    pub(crate) async fn open(connector: &Connector, origin: &Origin, reach: Reach) -> Result<Self, Reject> {
        let stream = connector.connect(origin, reach).await.map_err(|error| {
            // The origin of a picture link is no secret; its query is not in here.
            tracing::info!(%origin, %error, "cannot connect");
            Reject::from(match error {
                ConnectError::Unreachable => Code::UpstreamUnreachable,
                ConnectError::Tls => Code::UpstreamTls,
                ConnectError::NotPublic => Code::TargetNotAllowed,
            })
        })?;
        let opened = http1::Builder::new()
            .max_header_size(HEADER_BYTES)
            .max_buf_size(BUFFER_BYTES)
            .handshake(TokioIo::new(stream))
            .await;
        let (sender, connection) = opened.map_err(|_| Code::UpstreamUnreachable)?;
        // Its errors come back through the sender and the body.
        let task = tokio::spawn(async move {
            let _ = connection.await;
        });
        let host = origin.as_str().split_once("://").map_or("", |(_, authority)| authority);
        let host = HeaderValue::from_str(host).map_err(|_| Code::Internal)?;
        Ok(Self { sender, connection: ConnectionTask(task.abort_handle()), host })
    }

    /// Sends the request. The connection lives as long as the returned task.
    pub(crate) fn send(
        mut self,
        method: Method,
        path_and_query: PathAndQuery,
        headers: HeaderMap,
        body: B,
    ) -> (impl Future<Output = hyper::Result<Response<Incoming>>>, ConnectionTask) {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = Uri::from(path_and_query);
        *request.headers_mut() = headers;
        request.headers_mut().insert(HOST, self.host);
        let sent = async move { self.sender.send_request(request).await };
        (sent, self.connection)
    }
}
