/** What a reverse proxy does, and no more. */
import { request as ask, type IncomingMessage, type ServerResponse } from "node:http";

export function passOn(request: IncomingMessage, response: ServerResponse, origin: string): void {
  const { method, headers, url = "/" } = request;
  const onward = ask(new URL(url, origin), { method, headers: { ...headers, host: new URL(origin).host } });
  onward.on("response", (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on("error", () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  // Also when the page gives up in the middle: the relay must hear of it.
  response.on("close", () => onward.destroy());
  request.pipe(onward);
}
