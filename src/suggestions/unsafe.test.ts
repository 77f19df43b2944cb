import { expect, test } from "vitest";
import { limits } from "../core/limits.ts";
import { isUnsafe } from "./unsafe.ts";

test.each([
  ["a mail address", "anna.smith@example.com"],
  ["one with words around", "order of anna@example and bob"],
  ["a phone number", "+49 (170) 123 45 67"],
  ["one with dashes", "555-123-4567"],
  ["a card number", "4111 1111 1111 1111"],
  ["a long number", "20261122"],
  ["one in other digits", "٠١٢٣٤٥٦٧"],
  ["an account", "de89 3704 0044 0532 0130 00"],
  ["a web address", "https://example.org/x"],
  ["one without its beginning", "www.example.org"],
  ["a domain", "example.com"],
  ["a long text", "x".repeat(limits.suggestLengthMax + 1)],
  ["no letter or digit", "!!!"],
  ["nothing", ""],
  ["control characters", "red\u0000scarf"],
  ["text that runs the other way by force", "red\u202escarf"],
])("%s is unsafe", (_what, text) => {
  expect(isUnsafe(text)).toBe(true);
});

test.each([
  "red scarf",
  "women's size 38-40",
  "iphone 15 pro 256gb",
  "dv7-1211ea",
  "wh-1000xm4",
  "usb 3.2 kabel",
  "dr. martens 1460",
  "c++ for dummies",
  "运动鞋",
  "2026 calendar",
  "3.5 x 12.5 cm",
  "x".repeat(limits.suggestLengthMax),
])("“%s” may be shown", (text) => {
  expect(isUnsafe(text)).toBe(false);
});
