/**
 * You have a search engine; Liveshelf makes its order personal. Your engine finds candidates and states how well each matches; `rank`
 * orders them for this shopper. The match stands as long as nothing else is known, and gives way as clicks come in.
 *
 *     node examples/own-search-engine.ts
 */
import { createEngine, type EventInput } from "../src/index.ts";

const brands = ["Acme", "Lumen", "Fjord", "Oak"];
const catalogue = Array.from({ length: 40 }, (_, i) => ({
  item: `p-${i + 1}`,
  title: `${brands[i % 4]} scarf ${i + 1}`,
  brand: brands[i % 4]!,
  price: 15 + ((i * 7) % 40),
}));

const shop = await createEngine();
await shop.record(catalogue.map(({ item, ...fields }): EventInput => ({ type: "item", item, fields })));

/** Stands for your search engine: the first twelve that hold the word, with its relevance. */
function yourSearch(word: string): { item: string; match: number }[] {
  const found = catalogue.filter(({ title }) => title.includes(word));
  return found.slice(0, 12).map(({ item }, place) => ({ item, match: 10 - place / 2 }));
}

/** What your search page does for each request. */
function searchPage(user: string, word: string) {
  return shop.rank({ items: yourSearch(word), user, query: word, surface: "search", size: 6, explain: true });
}

const brandOf = (item: string): string => catalogue.find((one) => one.item === item)!.brand;
const show = (title: string, items: readonly { readonly item: string }[]): void =>
  console.log(title.padEnd(34), items.map(({ item }) => `${item} ${brandOf(item)}`).join(", "));

show("Nothing learned: your order", searchPage("anna", "scarf").items);

// Anna turns to Fjord, three times. What she clicked, and that she looked at it, goes back with the list's id.
for (let visit = 0; visit < 3; visit++) {
  const page = searchPage("anna", "scarf");
  const liked = page.items.find(({ item }) => brandOf(item) === "Fjord")!;
  await shop.record([
    ...page.items
      .slice(0, 4)
      .map(({ item }): EventInput => ({ type: "outcome", action: "seen", item, user: "anna", slate: page.slate })),
    { type: "outcome", action: "click", item: liked.item, user: "anna", slate: page.slate },
  ]);
}

const page = searchPage("anna", "scarf");
show("Anna, after three clicks on Fjord", page.items);
const speakFor = page.items[0]!.reasons!.filter(({ contribution }) => contribution > 0);
console.log(
  "  for the first:",
  speakFor.map(({ text, contribution }) => `${text} +${contribution.toFixed(2)}`).join("; "),
);

// Ben, of whom nothing is known, gets nearly your order: only what holds for everybody has changed.
show("Ben, the first time here", searchPage("ben", "scarf").items);

// What became of all these events.
const { joinedById, lessons } = shop.status().counts;
console.log(`${joinedById} outcomes joined their list, ${lessons} lessons taught`);
await shop.close();
