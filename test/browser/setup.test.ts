/** Set-up and keys in a real browser: from a file with faults to a search; the first key made, used and another withdrawn. */
import { describe, expect, test } from "vitest";
import { hasNoBrowser, withoutBrowser } from "./chromium.ts";
import { address, flaws, get, looking, page, patience, serveWithSettings, statusOf } from "./looking.ts";

/** As a German shop exports it: semicolons, commas in prices, Latin letters of one byte; line 4 lacks a quotation mark, line 6 cells, line 8 an id. */
const catalogue = Buffer.from(
  [
    "SKU;Bezeichnung;Marke;Kategorie;Preis;Bestand;Farbe",
    's-1;"Wollschal ""Luise"", blau";Kürschner;Kleidung > Schals;19,90 €;4;blau',
    "s-2;Wollschal, rot;Kürschner;Kleidung > Schals;1.024,50 €;0;rot",
    's-3;"Wollmütze;Kürschner;Kleidung > Mützen;9,00 €;1;rot',
    "s-4;Becher;Fjord;Küche > Becher;7,50 €;9;weiß",
    "s-5;Teller",
    "s-6;Kanne;Fjord;Küche > Kannen;0;2;weiß",
    ";Namenlos;Fjord;Küche;3,00 €;2;weiß",
  ].join("\r\n"),
  "latin1",
);

describe.skipIf(hasNoBrowser)(`set-up and keys${withoutBrowser}`, () => {
  const open = looking({
    serve: serveWithSettings,
    options: { viewport: { width: 1280, height: 900 } },
    isKept: true,
  });

  const press = (name: string | RegExp): Promise<void> => page.getByRole("button", { name }).click();
  const texts = (selector: string): Promise<string[]> => page.locator(selector).allTextContents();
  const choose = (name: string, buffer: Buffer): Promise<void> =>
    page.locator("input[type=file]").setInputFiles({ name, mimeType: "text/plain", buffer });
  const fieldsOf = async (item: string) =>
    (await get<{ readonly fields: Readonly<Record<string, unknown>> }>(`v1/items/${item}`)).fields;

  test("an empty shop leads to it; columns are guessed, broken rows named by their lines, and the rest is searched", async () => {
    await open("");
    await page.getByRole("link", { name: "Set it up from a file" }).click();
    await choose("katalog.csv", catalogue);
    await expect
      .poll(() => texts(".faults li"), patience)
      .toEqual([
        "Line 4 has a quotation mark that does not fit.",
        "Line 6 has more or fewer cells than there are columns.",
      ]);
    const meant = (): Promise<string[]> =>
      page.locator(".columns select").evaluateAll((all) => all.map((one) => (one as HTMLSelectElement).value));
    await expect.poll(meant, patience).toEqual(["id", "title", "brand", "category", "price", "inStock", "own"]);
    await page.getByLabel("What “Farbe” means").selectOption("tags");
    expect(await flaws()).toEqual([]);
    await press("Check");
    await expect
      .poll(() => texts(".findings .finding-title"), patience)
      .toEqual([expect.stringContaining("price of 0")]);
    expect((await texts(".findings .note"))[0]).toContain("Line 7");
    expect((await texts(".faults li")).at(-1)).toBe("Line 8 has no id.");
    await press("Send 4 items");
    await page.locator(".set-up input").fill("wollschal");
    await expect.poll(() => texts(".found li a"), patience).toHaveLength(2);
    expect(await flaws()).toEqual([]);
    expect(await fieldsOf("s-1")).toEqual({
      title: 'Wollschal "Luise", blau',
      brand: "Kürschner",
      category: ["Kleidung", "Schals"],
      price: 19.9,
      inStock: true,
      tags: ["blau"],
    });
    expect(await fieldsOf("s-2")).toMatchObject({ price: 1024.5, inStock: false });
  });

  test("the same again counts once; lines of JSON are taken as well, typed as they are", async () => {
    await press("Another file");
    await choose("katalog.csv", catalogue);
    await page.getByLabel("What “Farbe” means").selectOption("tags");
    await press("Check");
    await press("Send 4 items");
    await expect.poll(() => page.getByText("4 were sent before, exactly so").count(), patience).toBe(1);
    await press("Another file");
    const lines = [
      '{"item":"j-1","fields":{"title":"Tischlampe","price":30,"sizes":["S","M"]}}',
      "{",
      '{"id":"j-2","title":"Stehlampe"}',
    ];
    await choose("katalog.jsonl", Buffer.from(lines.join("\n")));
    await expect.poll(() => texts(".faults li"), patience).toEqual(["Line 2 is no JSON object."]);
  });

  test("rows with one id are named by their lines, and are one item on the shelves", async () => {
    await press("Another file");
    await choose(
      "twice.csv",
      Buffer.from("Item no.,Product name,Price (USD)\nt-1,Lamp,9.50\nt-2,Rug,40\nt-1,Lamp,8.50"),
    );
    await press("Check");
    await expect.poll(() => page.getByText("1 row has the id of a row before it (line 4)").count(), patience).toBe(1);
    await press("Send 2 items");
    await expect.poll(() => page.getByText("2 items are on the shelves.").count(), patience).toBe(1);
    expect(await fieldsOf("t-1")).toEqual({ title: "Lamp", price: 8.5 });
  });

  test("the first key is made and taken by the tab; a second one is shown once, and withdrawn", async () => {
    await page.goto(`${address}#/keys`);
    await page.getByLabel("Name").fill("operations");
    await press("Make the key");
    await expect.poll(() => texts(".made pre"), patience).toEqual([expect.stringMatching(/^ls_/)]);
    expect(await statusOf("v1/items")).toBe(401);
    await press("I have kept it");
    await expect.poll(() => page.locator("tbody tr").count(), patience).toBe(1);
    await page.getByLabel("Name").fill("shop front");
    await press("Make the key");
    await expect.poll(() => page.locator("tbody tr").count(), patience).toBe(2);
    const key = (await texts(".made pre"))[0]!;
    const status = (): Promise<number> => statusOf("v1/items", { authorization: `Bearer ${key}` });
    expect(await status()).toBe(200);
    expect(await flaws()).toEqual([]);
    await press("Withdraw “shop front” …");
    await press("Withdraw for good");
    await expect.poll(() => page.locator("tbody tr").count(), patience).toBe(1);
    expect(await status()).toBe(401);
    await press("Withdraw “operations” …");
    await press("Withdraw for good");
    await expect.poll(() => texts(".problem"), patience).toEqual([expect.stringContaining("is the last key")]);
  });
});
