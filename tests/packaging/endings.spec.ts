/** How an edit ends when it does not end well, and that the client outlives it. */
import { expect, photo, test } from "./fixtures.ts";
import { attempt, ready } from "./support/attempt.ts";

const EDIT = "client.edit({ images: [file], prompt: 'p' })";

test("an abort rejects with the caller's own reason, whatever that is", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  await sim.faults({ delay_ms: 60_000 });
  const code = `(async () => {
    const abort = new AbortController();
    await client.edit({ images: [file], prompt: 'p', signal: abort.signal,
      onProgress: ({ phase }) => { if (phase === 'sent') abort.abort({ closed: true }); } });
  })()`;
  expect(await attempt(page, relay, code)).toEqual({ isError: false, thrown: { closed: true } });
  await sim.reset();
  expect(await attempt(page, relay, EDIT)).toMatchObject({ images: 1 });
});

test("an abort without a reason is an AbortError", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  await sim.faults({ delay_ms: 60_000 });
  const code = `(async () => {
    const abort = new AbortController();
    await client.edit({ images: [file], prompt: 'p', signal: abort.signal,
      onProgress: ({ phase }) => { if (phase === 'sent') abort.abort(); } });
  })()`;
  expect(await attempt(page, relay, code)).toMatchObject({ name: "AbortError" });
});

test("an abort that came before sends nothing", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = "client.edit({ images: [file], prompt: 'p', signal: AbortSignal.abort('too late') })";
  expect(await attempt(page, relay, code)).toEqual({ isError: false, thrown: "too late" });
  expect(await sim.requests()).toEqual([]);
});

test("an abort whose event somebody kept from us sends nothing either", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = `(async () => {
    const abort = new AbortController();
    abort.signal.addEventListener("abort", (event) => event.stopImmediatePropagation());
    await client.edit({ images: [file], prompt: 'p', signal: abort.signal,
      onProgress: ({ phase }) => { if (phase === 'encode') abort.abort("kept"); } });
  })()`;
  expect(await attempt(page, relay, code)).toEqual({ isError: false, thrown: "kept" });
  expect(await sim.requests()).toEqual([]);
});

test("a listener that throws where nothing can be reported costs no result either", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = "(delete globalThis.reportError, client.edit({ images: [file], prompt: 'p', onProgress: () => { throw new Error('mine') } }))";
  expect(await attempt(page, relay, code)).toMatchObject({ images: 1 });
});

test("a signal that outlives many edits collects nothing", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = `(async () => {
    const { signal } = new AbortController();
    let listeners = 0;
    const { addEventListener: add, removeEventListener: remove } = signal;
    signal.addEventListener = function (...args) { listeners += 1; return add.apply(this, args); };
    signal.removeEventListener = function (...args) { listeners -= 1; return remove.apply(this, args); };
    for (let edit = 0; edit < 3; edit += 1) await client.edit({ images: [file], prompt: 'p', signal });
    return { images: Array(listeners) };
  })()`;
  expect(await attempt(page, relay, code)).toEqual({ images: 0 });
});

test("the vendor's refusal keeps its words, and says what it cost", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  await sim.faults({ status: 429, code: "Throttling.RateQuota", message: "slow down" });
  const told = await attempt(page, relay, EDIT);
  expect(told).toMatchObject({
    isQwenEditError: true,
    hasStack: true,
    code: "Throttling.RateQuota",
    status: 429,
    charged: "no",
    retry: "safe",
    fields: [],
  });
  expect(told.message).toContain("slow down");
  expect(told.requestId).toMatch(/^[0-9a-f-]{36}$/);
  expect(await attempt(page, relay, EDIT)).toMatchObject({ images: 1 });
});

test("a lost answer is in doubt and never sent again", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  await sim.faults({ drop: "before" });
  const told = await attempt(page, relay, EDIT);
  expect(told).toMatchObject({ isQwenEditError: true, charged: "unknown", retry: "ask" });
  const posts = (await sim.requests()).filter((request) => request.method === "POST");
  expect(posts).toHaveLength(1);
});

for (const [name, thrown, code] of [
  ["a connection that breaks", "new TypeError('Failed to fetch')", "network-lost"],
  ["a wait that the browser gave up", "new DOMException('', 'AbortError')", "cancelled"],
]) {
  test(`${name} is in doubt, and what was thrown is the cause`, async ({ open, relay, page }) => {
    await ready(await open("plain"), photo("coffee.png"));
    const own = `(await create({ relay, region: 'demo', fetch: async () => { throw globalThis.mine ??= ${thrown} } }))`;
    const edit = `${own}.edit({ images: [file], prompt: 'p' }).catch((error) => { globalThis.hasCause = error.cause === mine; throw error; })`;
    expect(await attempt(page, relay, edit)).toMatchObject({ code, charged: "unknown", retry: "ask" });
    expect(await page.evaluate(() => (globalThis as unknown as { hasCause: boolean }).hasCause)).toBe(true);
  });
}

test("a picture that comes as something else is an error that is free", async ({ open, relay, page }) => {
  await ready(await open("plain"), photo("coffee.png"));
  const headers = { "access-control-allow-origin": "*" };
  await page.route("**/relay/image*", (route) => route.fulfill({ headers, contentType: "text/plain", body: "no picture" }), { times: 1 });
  const code = "(async () => { globalThis.image ??= (await client.edit({ images: [file], prompt: 'p' })).images[0]; await image.blob(); })()";
  expect(await attempt(page, relay, code)).toMatchObject({ code: "unreadable-answer", charged: "no", retry: "safe" });
  expect(await attempt(page, relay, code), "the next try works").toEqual({ images: 0 });
});

test("a page whose picture codec does not load refuses pictures and says so", async ({ open, relay, page, sim }) => {
  await ready(await open("plain"), photo("coffee.png"));
  await page.route("**/picture-codec-host.js", (route) => route.abort(), { times: 1 });
  expect(await attempt(page, relay, EDIT)).toMatchObject({ code: "picture-cannot-convert", charged: "no", fields: ["images[0]"] });
  expect(await sim.requests()).toEqual([]);
});

test("running out of time is in doubt", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("rocket.jpg"));
  await sim.faults({ delay_ms: 60_000 });
  // The time for the upload comes on top, a second for each 64 KiB.
  const code = "(await create({ relay, region: 'demo', timeoutMs: 1 })).edit({ images: [file], prompt: 'p' })";
  expect(await attempt(page, relay, code)).toMatchObject({ code: "timeout", charged: "unknown", retry: "ask" });
});

test("a listener that throws costs no result, and the page hears of it", async ({ page, relay, servers }) => {
  const reported: string[] = [];
  page.on("pageerror", (error) => reported.push(error.message));
  await page.goto(`${servers.site.originOf("plain")}/`);
  await expect(page.locator("html")).toHaveAttribute("data-ready", "yes");
  await ready(page, photo("coffee.png"));
  const code = "client.edit({ images: [file], prompt: 'p', onProgress: () => { throw new Error('mine') } })";
  expect(await attempt(page, relay, code)).toMatchObject({ images: 1 });
  expect(new Set(reported)).toEqual(new Set(["mine"]));
});

test("a fetch of the caller's own gets the request, once", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = `(async () => {
    const calls = [];
    const own = await create({ relay, region: 'demo', fetch: (request) => { calls.push(request.method); return fetch(request); } });
    await own.edit({ images: [file], prompt: 'p' });
    return { images: calls };
  })()`;
  expect(await attempt(page, relay, code)).toEqual({ images: 1 });
  expect(await sim.requests()).toHaveLength(1);
});

test("a job is picked up by its id, again and again, and paid once", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = `(async () => {
    const jobId = crypto.randomUUID();
    const phases = new Set();
    const first = await client.edit({ images: [file], prompt: 'p', jobId, onProgress: ({ phase }) => phases.add(phase) });
    const again = await client.resume(jobId, { n: 1 });
    const same = first.images[0].url === again.images[0].url && phases.has('accepted');
    return { images: same ? first.images : [] };
  })()`;
  expect(await attempt(page, relay, code)).toEqual({ images: 1 });
  expect((await sim.requests()).filter((request) => request.method === "POST")).toHaveLength(1);
});

test("a job whose connection is lost says so, and finds its result", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = `(async () => {
    let calls = 0;
    const own = await create({ relay, region: 'demo', fetch: (request) => {
      calls += 1;
      return calls === 2 ? Promise.reject(new TypeError('Failed to fetch')) : fetch(request);
    } });
    const phases = [];
    const result = await own.edit({ images: [file], prompt: 'p', jobId: crypto.randomUUID(), onProgress: ({ phase }) => phases.push(phase) });
    const told = phases.filter((phase) => phase === 'accepted' || phase === 'reconnecting').join();
    if (told !== 'accepted,reconnecting') throw new Error(told);
    return result;
  })()`;
  expect(await attempt(page, relay, code)).toEqual({ images: 1 });
  expect((await sim.requests()).filter((request) => request.method === "POST")).toHaveLength(1);
});

test("a server in between that fails leaves the outcome open", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const own = "(await create({ relay, region: 'demo', fetch: async () => new Response('<html>Bad gateway</html>', { status: 502 }) }))";
  expect(await attempt(page, relay, `${own}.edit({ images: [file], prompt: 'p' })`)).toMatchObject({ code: "outcome-unknown", status: 502, charged: "unknown", retry: "ask" });
});

test("what needs no look into the pictures is refused before they are fitted", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = "client.edit({ images: [file], prompt: '', onProgress: ({ phase }) => { throw new Error(phase); } })";
  expect(await attempt(page, relay, code)).toMatchObject({ code: "invalid-request", fields: ["prompt"] });
});

test("a job nobody knows is an error of the relay", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  expect(await attempt(page, relay, "client.resume(crypto.randomUUID())")).toMatchObject({ code: "relay:not_found", status: 404 });
});

test("an address without a relay is told apart", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  const code = "(await create({ relay: location.origin + '/nothing', region: 'demo' })).edit({ images: [file], prompt: 'p' })";
  expect(await attempt(page, relay, code)).toMatchObject({ code: "relay-not-found", charged: "no" });
});

test("fifty edits leave the instance as usable as the first, and no larger", async ({ open, relay }) => {
  const page = await ready(await open("plain"), photo("rocket.jpg"));
  const code = `(async () => {
    const canned = { output: { choices: [{ message: { content: [{ image: 'https://h.example/1.png' }] } }] } };
    const own = await create({ relay, region: 'demo', fetch: async (request) => {
      await request.arrayBuffer();
      return new Response(JSON.stringify(canned), { headers: { 'content-type': 'application/json' } });
    } });
    for (let edit = 0; edit < 50; edit += 1) {
      if (edit % 5 === 4) await own.edit({ images: [edit], prompt: 'p' }).catch(() => {});
      else await own.edit({ images: [file], prompt: 'p' });
    }
    return client.edit({ images: [file], prompt: 'p' });
  })()`;
  expect(await attempt(page, relay, code)).toMatchObject({ images: 1 });
});

test("what can be asked without sending", async ({ open, relay, sim }) => {
  const page = await ready(await open("plain"), photo("coffee.png"));
  await attempt(page, relay, "client.models()");
  const told = await page.evaluate(() => {
    const { client } = globalThis as unknown as { client: import("qwen-edit").QwenEdit };
    const file = document.querySelector<HTMLInputElement>("#files")?.files?.[0] ?? new Blob();
    return {
      models: client.models(),
      good: client.validate({ images: [file], prompt: "图3" }),
      bad: client.validate({ images: [], prompt: "", n: 9 }).violations,
      demo: client.estimate({ images: [file], prompt: "p" }),
    };
  });
  expect(told.models[0]).toMatchObject({
    id: "qwen-image-2.0-pro",
    name: { en: "Pro", zh: "专业版" },
    images: { min: 1, max: 3 },
    n: { min: 1, max: 6 },
    status: "current",
  });
  expect(told.good.violations).toEqual([]);
  expect(told.good.warnings).toMatchObject([{ field: "prompt", code: "mentions-missing-picture", got: 3 }]);
  expect(told.bad).toMatchObject([
    { field: "images", code: "too-few-pictures", min: 1 },
    { field: "prompt", code: "empty-prompt" },
    { field: "n", code: "out-of-range", min: 1, max: 6, got: 9 },
  ]);
  expect(told.demo).toEqual({ cny: 0 });
  expect(await sim.requests()).toEqual([]);
});
