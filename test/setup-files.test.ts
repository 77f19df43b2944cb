/** What the console's set-up reads out of a shop's file. */
import { describe, expect, test } from "vitest";
import { guess, items, type Meaning } from "../console/setup/mapping.ts";
import { decoded, readTable } from "../console/setup/table.ts";

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
