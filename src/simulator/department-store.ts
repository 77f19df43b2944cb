/** What the department store has in every language: its houses, the names of their models, and prices. The houses and all goods are made up. */
import type { TitleWords, Words } from "./words.ts";

/** Six a department, the best known first. */
const brands: readonly string[] = [
  ...["Alba", "Kestrel", "Nordwind", "Loden & Co", "Vireo", "Tamarisk"],
  ...["Marlowe", "Corvina", "Petit Port", "Fjellstrand", "Osier", "Saltmarsh"],
  ...["Hearthly", "Casa Bruma", "Oriel", "Fennmark", "Lumora", "Solberg"],
  ...["Pepperwood", "Brasero", "Quill & Copper", "Marmita", "Ystad", "Tinplate"],
  ...["Linnea", "Eider & Sons", "Stillwater", "Dunmore", "Calda", "Mistral"],
  ...["Cairn", "Ridgeway", "Skua", "Altiplano", "Moraine", "Wayfare"],
  ...["Sonaris", "Tonwerk", "Halcyon", "Pulsar Nine", "Lindqvist", "Orbita"],
  ...["Little Otter", "Paperlake", "Fuchs & Feder", "Inkstone", "Klecks", "Moonkite"],
];

const names: readonly string[] = [
  ...["Halden", "Tarn", "Mira", "Orkney", "Juno", "Bergen", "Luca", "Saimaa", "Faro", "Nova", "Arven", "Skye"],
  ...["Mora", "Elba", "Tove", "Rhona", "Vega", "Kivi", "Odense", "Sorrel", "Isla", "Tilda", "Bruno", "Ravn"],
  ...["Alma", "Porto", "Quinn", "Ostro", "Pelle", "Saga", "Tindra", "Zella", "Lomond", "Varde", "Ilse", "Cleo"],
];

/** Euros for a middling item of each category. */
export const storePrices: readonly number[] = [
  ...[119, 45, 89],
  ...[29, 25, 79],
  ...[69, 139, 159],
  ...[14, 49, 39],
  ...[49, 19, 16],
  ...[219, 79, 24],
  ...[99, 129, 69],
  ...[24, 15, 19],
];

/** As written with Latin letters. */
export const latinStore = {
  ...{ brands, prices: storePrices, models: { names }, space: " ", money: 1, facets: true },
} as const satisfies Partial<Words>;

/** “, with a and b” in any language: the details as one phrase, or nothing. */
export const withDetails = (details: TitleWords["details"], before: string, between: string): string =>
  details.length === 0 ? "" : before + details.join(between);
