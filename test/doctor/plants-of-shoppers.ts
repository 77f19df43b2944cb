/** Faults of form, times, ids and shoppers. */
import { dayMs, hourMs } from "../../src/core/clock.ts";
import { change, every, insert, items, outcomes, type Planter, slates } from "./planting.ts";

export const shopperFaults: Readonly<Record<string, Planter>> = {
  "events without what they need": (events) => {
    const count = change(every(outcomes(events), 100), (one) => delete one.item);
    return { code: "refused-events", count, also: ["outcomes-without-slates"] };
  },
  "events without consent": (events) => {
    const count = change(every(events, 2), (one) => {
      one.consent = false;
    });
    return {
      code: "without-consent",
      count,
      also: ["unknown-items", "outcomes-of-unknown-slates", "outcomes-without-slates", "enough-to-rank"],
    };
  },
  "properties under other names": (events) => {
    const count = change(every(outcomes(events), 10), (one) => {
      one.page = "/shop";
    });
    return { code: "ignored-properties", count };
  },
  "no times": (events) => {
    const count = change(every(outcomes(events), 3), (one) => delete (one as { time?: unknown }).time);
    return { code: "times-missing", count };
  },
  "times in seconds": (events) => {
    const count = change(every(outcomes(events), 20), (one) => {
      one.time = Math.floor(Number(one.time) / 1000);
    });
    return { code: "times-in-other-units", count, status: "FAIL", also: ["outcomes-before-slates"] };
  },
  "times in the future": (events) => {
    const count = change(outcomes(events).slice(-40), (one) => {
      one.time = Number(one.time) + 3650 * dayMs;
    });
    return { code: "times-in-the-future", count };
  },
  "a part of the file out of order": (events) => {
    const late = events.splice(2000, 50);
    const lateFrom = Number(late.at(-1)!.time);
    events.splice(6000, 0, ...late);
    if (Number(events[5999]!.time) - lateFrom < hourMs) throw new Error("too close together to be late");
    return {
      code: "time-order",
      count: 50,
      also: ["outcomes-of-unknown-slates", "outcomes-before-slates", "outcomes-without-slates"],
    };
  },
  "an hour that comes twice": (events) => {
    // The clock is put back by an hour, four times.
    const at = [2000, 4000, 6000, 8000];
    events.forEach((one, i) => {
      one.time = Number(one.time) + at.filter((from) => i < from).length * hourMs;
    });
    for (const from of at) events[from]!.time = Number(events[from - 1]!.time) - hourMs;
    return { code: "time-jumps", count: 4, also: ["time-order", "outcomes-before-slates", "clocks-apart"] };
  },
  "one time for all": (events) => {
    const count = change([...outcomes(events), ...slates(events)], (one) => {
      one.time = Date.UTC(2026, 0, 20, 12);
    });
    return { code: "one-time-for-all", count, status: "FAIL", also: ["bots"] };
  },
  "days instead of times": (events) => {
    const count = change([...outcomes(events), ...slates(events)], (one) => {
      one.time = Math.floor(Number(one.time) / dayMs) * dayMs;
    });
    return { code: "days-instead-of-times", count, also: ["bots", "same-event-again", "one-time-for-all"] };
  },
  "two ways to write times": (events) => {
    const count = change(every(outcomes(events), 3), (one) => {
      one.time = new Date(Number(one.time)).toISOString().replace(/\.\d+Z$/, "");
    });
    return { code: "times-without-zone", count, also: ["time-order"] };
  },
  "ids that come twice": (events) => {
    outcomes(events).forEach((one, i) => {
      one.id = `e-${i}`;
    });
    const some = every(outcomes(events), 50);
    insert(events, some, (one) => ({ ...one }));
    return { code: "ids-again", count: some.length };
  },
  "one id for different events": (events) => {
    const all = outcomes(events);
    all.forEach((one, i) => {
      one.id = `e-${i}`;
    });
    const count = change(every(all, 50), (one, i) => {
      one.id = all[i * 50]!.id;
    });
    return { code: "ids-with-other-content", count, status: "FAIL", also: ["ids-again-too-late"] };
  },
  "ids that come again after days": (events) => {
    outcomes(events).forEach((one, i) => {
      one.id = `e-${i}`;
    });
    const all = outcomes(events);
    const lastMs = Number(events.at(-1)!.time);
    const again = all.slice(0, 30).map((one) => ({ ...one, time: lastMs }));
    events.push(...again);
    return { code: "ids-again-too-late", count: 30, also: ["ids-with-other-content"] };
  },
  "rows that are there twice": (events) => {
    const some = every(outcomes(events), 40);
    insert(events, some, (one) => ({ ...one }));
    return { code: "same-event-again", count: some.length };
  },
  "nobody did it": (events) => {
    const count = change(every(outcomes(events), 10), (one) => {
      delete one.user;
      delete one.session;
    });
    return { code: "without-shopper", count, also: ["without-user"] };
  },
  "purchases without a customer": (events) => {
    const all = outcomes(events).filter(({ action }) => action === "purchase");
    const count = change(every(all, 4), (one) => delete one.user);
    return { code: "without-user", count };
  },
  "users called null": (events) => {
    const count = change(every(outcomes(events), 30), (one) => {
      one.user = "null";
    });
    return { code: "placeholder-ids", count, status: "FAIL", also: ["sessions-of-several-users", "bots"] };
  },
  "users who are new at every event": (events) => {
    const count = change([...outcomes(events), ...slates(events)], (one, i) => {
      one.user = `once-${i}`;
      delete one.session;
    });
    return { code: "changing-users", count, status: "FAIL" };
  },
  "sessions that are new at every event": (events) => {
    const count = change([...outcomes(events), ...slates(events)], (one, i) => {
      one.session = `once-${i}`;
    });
    return { code: "changing-sessions", count, status: "FAIL" };
  },
  "one user for half of the shop": (events) => {
    const before = outcomes(events).filter(({ user }) => user === "u-shop").length;
    const count = change(every([...outcomes(events), ...slates(events)], 2), (one) => {
      one.user = "u-shop";
      delete one.session;
    });
    return { code: "one-user-for-many", count: before + count, status: "FAIL", also: ["bots"] };
  },
  "one session for all": (events) => {
    const count = change([...outcomes(events), ...slates(events)], (one) => {
      one.session = "s-all";
    });
    return { code: "one-session-for-many", count, status: "FAIL", also: ["sessions-of-several-users"] };
  },
  robots: (events, chance) => {
    const all = items(events);
    const fromMs = Number(events.at(-1)!.time);
    for (let bot = 0; bot < 5; bot++)
      for (let i = 0; i < 400; i++)
        events.push({
          type: "outcome",
          action: "view",
          item: all[chance.int(all.length)]!.item!,
          user: `bot-${bot}`,
          time: fromMs + bot * hourMs + i * 300,
        });
    return { code: "bots", count: 5, also: ["one-user-for-many"] };
  },
};
