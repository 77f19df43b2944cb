/**
 * Which fields of the catalogue the ranker learns from: those the config names, else the first that appear in the log and can say
 * something of an item. The order of appearance is folded state, so every replay finds the same.
 */
import type { Catalogue } from "./catalogue/catalogue.ts";
import { type ItemNumber, type ItemWord, type ItemWords, noNumber, noWord, noWords } from "./core/item-numbers.ts";
import { type LearnedFields, numberPlaces, wordPlaces } from "./features/item-fields.ts";

/** Field names by place, for people: a path has two, its broadest level and the whole. */
export interface NamedFields extends LearnedFields {
  readonly wordNames: readonly string[];
  readonly numberNames: readonly string[];
  readonly listName: string | undefined;
}

interface Places {
  readonly words: readonly { readonly name: string; readonly column: ItemWord }[];
  readonly numbers: readonly { readonly name: string; readonly column: ItemNumber }[];
  readonly list: { readonly name: string; readonly column: ItemWords } | undefined;
}

export function learnedFields(catalogue: Catalogue, chosen: readonly string[] | undefined): NamedFields {
  let places: Places = { words: [], numbers: [], list: undefined };
  let fieldsSeen = 0;

  function current(): Places {
    const { fieldNames } = catalogue;
    if (fieldNames.length === fieldsSeen) return places;
    fieldsSeen = fieldNames.length;
    places = findPlaces(catalogue, chosen);
    return places;
  }

  return {
    word: (place) => current().words[place]?.column ?? noWord,
    number: (place) => current().numbers[place]?.column ?? noNumber,
    words: () => current().list?.column ?? noWords,
    get listName() {
      return current().list?.name;
    },
    get wordNames() {
      return current().words.map((word) => word.name);
    },
    get numberNames() {
      return current().numbers.map((number) => number.name);
    },
  };
}

function findPlaces(catalogue: Catalogue, chosen: readonly string[] | undefined): Places {
  const words: { name: string; column: ItemWord }[] = [];
  const numbers: { name: string; column: ItemNumber }[] = [];
  let list: Places["list"];
  for (const { name, type } of catalogue.fieldNames) {
    if (chosen !== undefined && !chosen.includes(name)) continue;
    if (type === "word-list") list ??= { name, column: catalogue.wordList(name) ?? noWords };
    if (type === "word") words.push({ name, column: catalogue.word(name) ?? noWord });
    if (type === "path") {
      words.push({ name: `${name}, broad`, column: catalogue.pathWord(name, "broadest") ?? noWord });
      words.push({ name, column: catalogue.pathWord(name, "whole") ?? noWord });
    }
    if (type === "number" && name !== "price") numbers.push({ name, column: catalogue.number(name) ?? noNumber });
  }
  return { words: words.slice(0, wordPlaces), numbers: numbers.slice(0, numberPlaces), list };
}
