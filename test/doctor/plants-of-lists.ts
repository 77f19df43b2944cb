/** Faults of lists and of what came of them. */
import { hourMs, minuteMs } from "../../src/core/clock.ts";
import { change, every, items, outcomes, type Planter, slates } from "./planting.ts";

export const listFaults: Readonly<Record<string, Planter>> = {
  "outcomes without lists": (events) => {
    const count = change(outcomes(events), (one, i) => {
      delete one.slate;
      delete one.session;
      one.user = `other-${i % 300}`;
    });
    const views = outcomes(events).filter(({ action }) => action === "view").length;
    return {
      code: "outcomes-without-slates",
      count: count - views,
      status: "FAIL",
      also: ["slates-without-outcomes", "enough-to-rank", "bots"],
    };
  },
  "lists without outcomes": (events) => {
    events.splice(0, events.length, ...events.filter(({ type }) => type !== "outcome"));
    return {
      code: "slates-without-outcomes",
      count: slates(events).length,
      status: "FAIL",
      also: ["actions", "enough-to-rank", "enough-to-recommend"],
    };
  },
  "only lists that were clicked": (events) => {
    const clicked = new Set(outcomes(events).map(({ slate }) => slate));
    events.splice(0, events.length, ...events.filter(({ type, slate }) => type !== "slate" || clicked.has(slate)));
    return { code: "only-lists-with-outcomes", count: clicked.size };
  },
  "slates that nobody sent": (events) => {
    const count = change(every(outcomes(events), 25), (one) => {
      one.slate = "s-lost";
    });
    return { code: "outcomes-of-unknown-slates", count };
  },
  "items that were not in the list": (events) => {
    const shown = new Map(slates(events).map(({ slate, items: of }) => [slate, new Set(of)]));
    const all = items(events).map(({ item }) => item!);
    const count = change(every(outcomes(events), 25), (one) => {
      one.item = all.find((other) => !shown.get(one.slate)!.has(other))!;
    });
    return { code: "items-not-in-their-slate", count, also: ["returns-without-sale"] };
  },
  "outcomes in another time zone": (events) => {
    outcomes(events).forEach((one) => {
      one.time = Number(one.time) + 2 * hourMs;
    });
    const slateMs = new Map(slates(events).map(({ slate, time }) => [slate, Number(time)]));
    const near = outcomes(events).filter(({ slate, time }) => {
      const afterMs = Number(time) - slateMs.get(slate)!;
      const hours = Math.round(afterMs / hourMs);
      return hours !== 0 && hours <= 14 && Math.abs(afterMs - hours * hourMs) < 10 * minuteMs;
    });
    return {
      code: "clocks-apart",
      count: near.length,
      status: "FAIL",
      also: ["time-order", "time-jumps", "times-in-the-future"],
    };
  },
  "outcomes before their lists": (events) => {
    const slateMs = new Map(slates(events).map(({ slate, time }) => [slate, Number(time)]));
    const count = change(every(outcomes(events), 20), (one) => {
      one.time = slateMs.get(one.slate)! - 5 * minuteMs;
    });
    return { code: "outcomes-before-slates", count, also: ["time-order", "bots"] };
  },
  "the clicked item on top": (events) => {
    const clicked = new Map(
      outcomes(events)
        .filter(({ action }) => action === "click")
        .toReversed()
        .map(({ slate, item }) => [slate, item!]),
    );
    const first = new Set<unknown>();
    events.splice(
      0,
      events.length,
      ...events.filter(({ type, action, slate }) => {
        if (type !== "outcome" || action !== "click") return true;
        const isFirst = !first.has(slate);
        first.add(slate);
        return isFirst;
      }),
    );
    for (const one of slates(events)) {
      const item = clicked.get(one.slate);
      if (item !== undefined) one.items = [item, ...one.items!.filter((other) => other !== item)];
    }
    const onSearch = new Set(
      slates(events)
        .filter(({ surface }) => surface === "search")
        .map(({ slate }) => slate),
    );
    const count = outcomes(events).filter(({ action, slate }) => action === "click" && onSearch.has(slate)).length;
    return { code: "clicks-at-one-position", count, status: "FAIL" };
  },
  "lists that hold an item twice": (events) => {
    const count = change(every(slates(events), 20), (one) => {
      one.items = [...one.items!, one.items![0]!];
    });
    return { code: "items-twice-in-slates", count };
  },
  "lists of one item": (events) => {
    const count = change(
      slates(events).filter((_, i) => i % 2 === 0),
      (one) => {
        one.items = one.items!.slice(0, 1);
      },
    );
    return { code: "short-slates", count, also: ["items-not-in-their-slate", "enough-to-rank"] };
  },
  "actions by other names": (events) => {
    const count = change(
      outcomes(events).filter(({ action }) => action === "cart"),
      (one) => {
        one.action = "add_to_cart";
      },
    );
    return { code: "actions-by-other-names", count };
  },
  "purchases without a value": (events) => {
    const all = outcomes(events).filter(({ action }) => action === "purchase");
    const count = change(every(all, 3), (one, i) => {
      if (i % 2 === 0) one.value = 0;
      else delete one.value;
    });
    return { code: "purchases-without-value", count };
  },
  "values below zero": (events) => {
    const all = outcomes(events).filter(({ action }) => action === "purchase");
    const count = change(every(all, 5), (one) => {
      one.value = -5;
    });
    return { code: "negative-values", count };
  },
  "cancellations without a sale": (events) => {
    const lastMs = Number(events.at(-1)!.time);
    const sold = new Set(
      outcomes(events)
        .filter(({ action }) => action === "purchase")
        .map(({ user, item }) => `${user} ${item}`),
    );
    const all = items(events);
    let count = 0;
    for (let i = 0; i < 60; i++) {
      const [user, item] = [`u-${i}`, all[i]!.item!];
      if (!sold.has(`${user} ${item}`)) count++;
      events.push({ type: "outcome", action: "return", item, user, time: lastMs + i, value: 5 });
    }
    return { code: "returns-without-sale", count };
  },
};
