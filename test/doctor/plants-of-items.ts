/** Faults of the catalogue. */
import { change, type Event, every, items, outcomes, type Plant, type Planter, slates } from "./planting.ts";

export const itemFaults: Readonly<Record<string, Planter>> = {
  "no catalogue": (events) => {
    events.splice(0, events.length, ...events.filter(({ type }) => type !== "item"));
    return { code: "catalogue", count: 0 };
  },
  "items that the catalogue lacks": (events) => {
    const gone = new Set(
      items(events)
        .slice(0, 20)
        .map(({ item }) => item),
    );
    events.splice(0, events.length, ...events.filter(({ type, item }) => type !== "item" || !gone.has(item)));
    const inOutcomes = outcomes(events).filter(({ item }) => gone.has(item)).length;
    const inSlates = slates(events).reduce((sum, one) => sum + one.items!.filter((item) => gone.has(item)).length, 0);
    return { code: "unknown-items", count: inOutcomes + inSlates };
  },
  "removed while still sold": (events) => {
    const [item] = mostChosen(events);
    const at = Math.floor(events.length / 2);
    events.splice(at, 0, { type: "item-removed", item: item!, time: events[at]!.time });
    return {
      code: "removed-items-chosen",
      count: outcomes(events.slice(at)).filter((one) => one.item === item).length,
    };
  },
  "ids that differ by case": (events) => {
    const known = new Set<string>();
    change(every(outcomes(events), 100), (one) => {
      one.item = ` ${one.item!.toUpperCase()}`;
      known.add(one.item);
    });
    return { code: "similar-item-ids", count: known.size, also: ["unknown-items", "items-not-in-their-slate"] };
  },
  bookkeeping: (events) => {
    const time = Number(events.at(-1)!.time);
    const codes = ["POST", "BANK CHARGES", "ADJUST", "TEST001", "gift_0001_20"];
    for (const item of codes) {
      events.push({
        type: "item",
        item,
        time,
        fields: { title: `Booked as ${item}`, price: 20, category: ["Clothing"] },
      });
      for (let i = 0; i < 10; i++)
        events.push({ type: "outcome", action: "purchase", item, user: `u-${i}`, time: time + i, value: 20 });
    }
    return { code: "bookkeeping-items", count: codes.length };
  },
  "no titles": (events) => missing(events, "title"),
  "no prices": (events) => missing(events, "price"),
  "no categories": (events) => missing(events, "category"),
  "fields of mixed types": (events) => {
    const count = change(every(items(events), 10), (one) => {
      one.fields!.rating = "good";
    });
    return { code: "fields-of-mixed-types", count };
  },
  "prices as text": (events) => {
    const count = change(items(events), (one) => {
      one.fields!.price = `${one.fields!.price} €`;
    });
    return { code: "numbers-as-text", count, status: "FAIL" };
  },
  "a field that is always the same": (events) => {
    change(items(events), (one) => {
      one.fields!.shop = "main";
    });
    return { code: "constant-fields", count: 1 };
  },
  "HTML in titles": (events) => {
    const count = change(every(items(events), 15), (one, i) => {
      one.fields!.title = i % 2 === 0 ? `<b>${one.fields!.title}</b>` : `Salt &amp; pepper ${i}`;
    });
    return { code: "html-in-texts", count };
  },
  "a wrong encoding": (events) => {
    const count = change(every(items(events), 15), (one, i) => {
      one.fields!.title = Buffer.from(`Grüne Hängematte “Größe ${i}”`, "utf8").toString("latin1");
    });
    return { code: "garbled-texts", count };
  },
  "prices of zero": (events) => {
    const count = change(every(items(events), 15), (one) => {
      one.fields!.price = 0;
    });
    return { code: "prices-of-zero", count };
  },
  "prices below zero": (events) => {
    const count = change(every(items(events), 100), (one) => {
      one.fields!.price = -3;
    });
    return { code: "negative-prices", count };
  },
  "prices in cents": (events) => {
    const some = every(items(events), 30);
    const time = Number(events.at(-1)!.time);
    for (const { item, fields } of some)
      events.push({ type: "item", item: item!, time, fields: { price: Math.round(Number(fields!.price) * 100) } });
    return { code: "prices-in-two-units", count: some.length, also: ["odd-prices"] };
  },
  "a total among the prices": (events) => {
    const count = change(every(items(events), 100), (one) => {
      one.fields!.price = 1e9;
    });
    return { code: "odd-prices", count };
  },
  "two currencies": (events) => {
    change(items(events), (one) => {
      one.fields!.currency = "EUR";
    });
    const count = change(every(items(events), 12), (one) => {
      one.fields!.currency = "USD";
    });
    return { code: "mixed-currencies", count };
  },
  "too little": (events) => {
    events.splice(600);
    const surfaces = new Set(slates(events).map(({ surface }) => surface));
    return { code: "enough-to-rank", count: surfaces.size, also: ["enough-to-recommend"] };
  },
};

function missing(events: Event[], field: string): Plant {
  const count = change(every(items(events), 7), (one) => delete one.fields![field]);
  return { code: `items-without-${field}`, count };
}

function mostChosen(events: readonly Event[]): string[] {
  const counts = new Map<string, number>();
  for (const { item } of outcomes(events)) counts.set(item!, (counts.get(item!) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([item]) => item);
}
