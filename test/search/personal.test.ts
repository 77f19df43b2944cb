/** The same query, other shoppers: each gets an order of their own, and the same counts. */
import { expect, test } from "vitest";
import { manualClock, minuteMs, secondMs } from "../../src/core/clock.ts";
import type { Engine, EventInput } from "../../src/core/public.ts";
import { createEngine } from "../../src/index.ts";
import { simulatedShop } from "../../src/simulator/shop.ts";
import { simulatedShoppers } from "../../src/simulator/shoppers.ts";

const facets = ["brand", "category", "price"];
const searched = (user: string | undefined) => ({ query: "scarf", size: 12, facets, observe: false, user });

/** Five clicks on scarves of one brand, each from a list that the engine showed. */
async function clickFive(
  shop: Engine,
  clock: ReturnType<typeof manualClock>,
  user: string,
  brand: string,
): Promise<void> {
  const { items } = shop.search({
    query: `${brand} scarf`,
    user,
    size: 5,
    filters: { brand: [brand] },
    observe: false,
  });
  expect(items.length).toBe(5);
  for (const { item } of items) {
    clock.advance(20 * secondMs);
    await shop.record({ type: "outcome", action: "click", item, user, session: `${user}-1` });
  }
}

test("opposite tastes see different first pages after five clicks each, a stranger the shop's average, and all the same counts", async () => {
  const simulated = simulatedShop({ seed: 11, items: 900 });
  const shoppers = simulatedShoppers(simulated);
  const clock = manualClock(simulated.startMs);
  const shop = await createEngine({ clock, tickMs: 0 });
  await shop.record(simulated.items as unknown as EventInput[]);
  // The shop's past: what shoppers with tastes of their own made of the engine's own result lists.
  for (let searches = 0; searches < 700; ) {
    const visit = shoppers.next();
    const { query, user, session, surface, atMs } = visit;
    clock.advance(Math.max(0, atMs - clock.nowMs()));
    if (query === undefined) continue;
    searches++;
    const { slate, items } = shop.search({ query, user, session, surface, size: visit.size });
    const shown = items.map(({ item }) => item);
    await shop.record(visit.respond(shown, slate!) as unknown as EventInput[]);
  }
  clock.advance(minuteMs);

  const scarves = shop.search({ ...searched(undefined), size: 1000 });
  const counts = scarves.facets!.brand as readonly { readonly value: string; readonly count: number }[];
  const [one, other] = counts.filter(({ count }) => count >= 5).map(({ value }) => value);
  const before = shop.search(searched("stranger"));
  await clickFive(shop, clock, "warm-1", one!);
  await clickFive(shop, clock, "warm-2", other!);

  const pages = ["warm-1", "warm-2", "stranger"].map((user) => shop.search(searched(user)));
  const shareOf = (page: (typeof pages)[number], brand: string): number =>
    page.items.filter(({ fields }) => fields!.brand === brand).length;
  expect(shareOf(pages[0]!, one!)).toBeGreaterThan(shareOf(pages[1]!, one!));
  expect(shareOf(pages[1]!, other!)).toBeGreaterThan(shareOf(pages[0]!, other!));
  expect(pages[0]!.items.map(({ item }) => item)).not.toEqual(pages[1]!.items.map(({ item }) => item));

  const anonymous = shop.search(searched(undefined)).items.map(({ item }) => item);
  expect(pages[2]!.items.map(({ item }) => item)).toEqual(anonymous);
  expect(pages[2]!.total).toBe(before.total);
  for (const page of pages) expect([page.total, page.facets]).toEqual([before.total, before.facets]);
});
