/** What the console's set-up reads out of a shop's file. */
import { describe, expect, test } from "vitest";
import { toMend } from "../console/setup/findings.ts";
import { guess, items, type Meaning } from "../console/setup/mapping.ts";
import { decoded, readTable } from "../console/setup/table.ts";
import type { Finding } from "../src/doctor/finding.ts";

const atOnce = () => undefined;
const read = (text: string) => readTable(text, atOnce);
const bytes = (...parts: readonly (string | number)[]): ArrayBuffer =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === "string" ? [...Buffer.from(part)] : [part]))).buffer;

async function fieldsOf(text: string, meanings?: readonly Meaning[]) {
  const table = await read(text);
  const made = await items(table, meanings ?? guess(table), atOnce);
  return made.items.map(({ event }) => event.fields);
}

describe("a table", () => {
  test("is read with quotation marks, line ends in cells, and the lines on which rows begin", async () => {
    const text = 'id,title\r\n1,"a ""b"", c\r\nd"\r\n\r\n2,  e \r\n';
    expect(await read(text)).toEqual({
      columns: ["id", "title"],
      rows: [
        { line: 2, cells: ["1", 'a "b", c\r\nd'] },
        { line: 5, cells: ["2", "e"] },
      ],
      broken: [],
    });
  });

  test.each([",", ";", "\t", "|"])("is parted by %j where its head is", async (mark) => {
    const { columns, rows } = await read(`${["id", '"a,b;c"', "price"].join(mark)}\n${["1", "x", "2"].join(mark)}`);
    expect([columns, rows[0]!.cells]).toEqual([
      ["id", "a,b;c", "price"],
      ["1", "x", "2"],
    ]);
  });

  test("goes on after a row that is broken: a mark that is not closed takes no other with it", async () => {
    const { rows, broken } = await read('id,title\n1,"open\n2,two\n3,"three" x\n4,four,4\n5\n6,six');
    expect(rows.map(({ line }) => line)).toEqual([3, 7]);
    expect(broken.map(({ line, fault }) => [line, fault])).toEqual([
      [2, "quote"],
      [4, "quote"],
      [5, "cells"],
      [6, "cells"],
    ]);
  });

  test("may be lines of JSON, events or plain objects, or one list", async () => {
    const lines = '{"type":"item","item":"a","fields":{"title":"A"}}\n\n{"type":"outcome","fields":{}}\nnull\n';
    const { columns, rows, broken } = await read(lines);
    expect([columns, rows.map(({ cells }) => cells)]).toEqual([["item", "title"], [["a", "A"]]]);
    expect(broken.map(({ line, fault }) => [line, fault])).toEqual([
      [3, "kind"],
      [4, "json"],
    ]);
    const list = await read('[{"id":1,"title":"A"},{"id":2,"sizes":["S"]}]');
    expect(list.columns).toEqual(["id", "title", "sizes"]);
    expect(await fieldsOf('[{"id":1,"title":"A"},{"id":2,"sizes":["S"]}]')).toEqual([{ title: "A" }, { sizes: ["S"] }]);
  });

  test("is decoded as it was written", () => {
    expect(decoded(bytes(0xef, 0xbb, 0xbf, "ü"), false)).toBe("ü");
    expect(decoded(bytes(0xff, 0xfe, 0xfc, 0), false)).toBe("ü");
    expect(decoded(bytes(0xfc), false)).toBe("ü");
    expect(decoded(bytes(0xce, 0xa7, 0xbd, 0xed), true)).toBe("围巾");
    expect(decoded(bytes(), false)).toBe("");
  });
});

describe("columns", () => {
  test("are known by their names in three languages, and else by what stands in them", async () => {
    const guessed = async (head: string, ...rows: readonly string[]) => guess(await read([head, ...rows].join("\n")));
    expect(await guessed("Title,Variant Price,Product Type,Vendor,Handle")).toEqual([
      "title",
      "price",
      "category",
      "brand",
      "id",
    ]);
    expect(await guessed("商品编号,商品名称,价格,库存,品牌")).toEqual(["id", "title", "price", "inStock", "brand"]);
    expect(await guessed("name,title,sku")).toEqual(["own", "title", "id"]);
    expect(await guessed("a,b,c", "1,x,Wool scarf", "1,y,Wool hat")).toEqual(["own", "id", "title"]);
  });

  test("are known by a part of the name, without units; cells say which of two it is, and each meaning is given once", async () => {
    const guessed = async (head: string, ...rows: readonly string[]) => guess(await read([head, ...rows].join("\n")));
    const german = "Artikelnr.;Artikelbezeichnung;Hersteller;Warengruppe;VK-Preis;Lagerbestand;Farbe;Beschreibung";
    const meant = ["id", "title", "brand", "category", "price", "inStock", "own", "description"];
    expect(await guessed(german)).toEqual(meant);
    const rows = [
      "10;Wollschal;Fjord;Kleidung > Schals;19,90;3;rot;Ein langer Schal aus Wolle.",
      "11;Wollmütze;Fjord;Kleidung > Mützen;9,90;ausverkauft;rot;Eine Mütze aus Wolle.",
    ];
    expect(await guessed(german, ...rows)).toEqual(meant);
    expect(await guessed("Item no.;Product name;Price (USD);Verfügbar")).toEqual(["id", "title", "price", "inStock"]);
    expect(await guessed("Art.-Nr.;Name;Preis (EUR);EK-Preis;Kategorie-Nr")).toEqual([
      ...["id", "title", "price", "own"],
      "own",
    ]);
    expect(await guessed("商品编号,商品名称,价格(元),库存（件）")).toEqual(["id", "title", "price", "inStock"]);
    expect(await guessed("name,what,price,price group,sku", "A > B,Scarf,low,7.5,1", "A > C,Hat,high,8,2")).toEqual([
      ...["category", "title", "own", "price", "id"],
    ]);
    expect(await guessed("id,sku,title", "1,a,x", "1,b,y", "1,c,z")).toEqual(["own", "id", "title"]);
    expect(await guessed("ornament,stocking", "x,long", "y,short")).toEqual(["id", "title"]);
  });

  test("of what is in stock say yes, no, or nothing that is known", async () => {
    const said = async (words: readonly string[]) =>
      (await fieldsOf(["id;stock", ...words.map((word, i) => `${i};${word}`)].join("\n"))).map(
        ({ inStock }) => inStock,
      );
    const no =
      "ausverkauft|nicht verfügbar|vergriffen|0 Stück|0|0,0|-1|out of stock|OutOfStock|out_of_stock|Sold out|no|nein";
    expect(new Set(await said(`${no}|Unavailable|not in stock|无货|售罄|缺货`.split("|")))).toEqual(new Set([false]));
    const yes =
      "in stock|https://schema.org/InStock|yes|ja|auf Lager|sofort lieferbar|12|12 Stück|> 10|5+|有货|3件|available";
    expect(new Set(await said(yes.split("|")))).toEqual(new Set([true]));
    expect(new Set(await said(["3 Tage", "bald", "on request", "2026-01-05"]))).toEqual(new Set([undefined]));
    expect(await said([""])).toEqual([null]);
  });

  test("of prices: one or two digits at the end are never a group, three are one by the column's style", async () => {
    const priced = async (...cells: readonly string[]) =>
      (await fieldsOf(["id;price", ...cells.map((cell, i) => `${i};${cell}`)].join("\n"))).map(({ price }) => price);
    expect(await priced("19,90", "7.50", "1.299", "1.299,5", "1.299.000", "8.5 €")).toEqual([
      ...[19.9, 7.5, 1299, 1299.5, 1_299_000, 8.5],
    ]);
    expect(await priced("1,299", "1,299.50", "Rs. 1,200.5", "$.99")).toEqual([1299, 1299.5, 1200.5, 0.99]);
    expect(await priced("1.299,-", "5", "1 299,00 kr", "a-b")).toEqual([1299, 5, 1299, "a-b"]);
    expect(await priced("1,299", "1.299", "12.3456", "1'299.50")).toEqual([1299, 1.299, 12.3456, 1299.5]);
  });

  test("with an id that comes again make one item, by the last word, and its lines are named", async () => {
    const table = await read("id,title,price\n1,A,2\n2,B,3\n1,C,2\n1,C,4\n");
    const made = await items(table, guess(table), atOnce);
    expect(made.repeated).toEqual([4, 5]);
    expect(made.items.map(({ line, event }) => [line, event.item, event.fields])).toEqual([
      [5, "1", { title: "C", price: 4 }],
      [3, "2", { title: "B", price: 3 }],
    ]);
    const parts = await read('{"id":1,"title":"A"}\n{"id":1,"price":3}');
    expect((await items(parts, guess(parts), atOnce)).items[0]!.event.fields).toEqual({ title: "A", price: 3 });
  });

  test("give numbers, paths, lists and answers, and say where there is nothing", async () => {
    const head = "id;title;price;category;tags;stock;size;hot";
    const rows = [
      "1;A;1.299,90 €;Home › Chairs;red|oak;0;38;true",
      "2;B;7,5;Home > Rugs;wool, big;in stock;038;",
      "3;C;?;;;nein;1e3;no",
    ];
    expect(await fieldsOf([head, ...rows].join("\n"))).toEqual([
      {
        title: "A",
        price: 1299.9,
        category: ["Home", "Chairs"],
        tags: ["red", "oak"],
        inStock: false,
        size: 38,
        hot: true,
      },
      {
        title: "B",
        price: 7.5,
        category: ["Home", "Rugs"],
        tags: ["wool", "big"],
        inStock: true,
        size: "038",
        hot: null,
      },
      { title: "C", price: "?", category: null, tags: null, inStock: false, size: "1e3", hot: "no" },
    ]);
    expect(await fieldsOf('id,price\n1,"$1,299.90"\n2,12')).toEqual([{ price: 1299.9 }, { price: 12 }]);
  });

  test("make the same event of the same row, and another of any other", async () => {
    const table = await read(
      `id,title\n${Array.from({ length: 2000 }, (_, i) => `${i},scarf ${i % 7}`).join("\n")}\n,x`,
    );
    const [once, again] = [await items(table, ["id", "title"], atOnce), await items(table, ["id", "title"], atOnce)];
    expect(again).toEqual(once);
    expect(new Set(once.items.map(({ event }) => event.id)).size).toBe(2000);
    expect(once.broken).toEqual([{ line: 2002, fault: "id" }]);
    const left = await items(table, ["id", "leave"], atOnce);
    expect(left.items[0]!.event.id).not.toBe(once.items[0]!.event.id);
  });
});

test("What is found stands with the worst first, and what is well not at all", () => {
  const finding = (code: string, status: Finding["status"]): Finding => ({ code, status, message: "" });
  const found = [finding("a", "WARN"), finding("b", "PASS"), finding("c", "FAIL"), finding("d", "WARN")];
  expect(toMend(found).map(({ code }) => code)).toEqual(["c", "a", "d"]);
});
