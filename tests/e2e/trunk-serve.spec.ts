import { expect, test } from "./fixtures.ts";

const GENERATION = "/relay/demo/api/v1/services/aigc/multimodal-generation/generation";

test("the page of trunk serve alone starts", async ({ studio }) => {
  const page = await studio();
  await expect(page).toHaveTitle(/Qwen Edit/);
  await expect(page.getByRole("main")).toBeVisible();
});

test("its proxy brings a call to the simulator and the answer back unchanged", async ({ request, sim }) => {
  const answer = await request.post(GENERATION, {
    headers: { authorization: "Bearer not-a-key" },
    data: { model: "qwen-image-edit-plus", input: { messages: [] } },
  });
  expect(answer.status()).toBe(401);
  expect(await answer.json()).toMatchObject({ code: "InvalidApiKey" });
  const seen = await sim.requests();
  expect(seen.map(({ method, path }) => ({ method, path }))).toEqual([
    { method: "POST", path: GENERATION.replace("/relay/demo", "") },
  ]);
});
