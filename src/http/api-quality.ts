/** How well the engine orders and predicts, as the OpenAPI document has it (docs/quality.md). */
import Type, { type TSchema } from "typebox";
import { limits } from "../core/limits.ts";
import { intervalListsMin, qualityOrders, qualitySteps } from "../core/quality-report.ts";

const number = Type.Number();
const count = Type.Integer({ minimum: 0 });
const word = Type.String();
const orNull = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const numberOrNull = orNull(number);
const wordOrNull = orNull(word);
const order = Type.Enum([...qualityOrders]);
const bound = Type.Union([number, Type.Null()], { description: `Null with fewer than ${intervalListsMin} lists.` });
const interval = { low: bound, high: bound };

export const qualityQuery = Type.Object(
  {
    step: Type.Optional(
      Type.Enum([...qualitySteps], { description: "The last 120 minutes, 168 hours (default) or 400 days." }),
    ),
    surface: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: limits.nameLengthMax,
        description: "One of `surfaces`; default: all together.",
      }),
    ),
  },
  { additionalProperties: false },
);

export const qualityReport = Type.Object(
  {
    step: Type.Enum([...qualitySteps]),
    clock: Type.Union([word, Type.Null()], { description: "The engine's: the largest event time." }),
    surface: wordOrNull,
    surfaces: Type.Array(Type.Object({ surface: wordOrNull, lists: count }), {
      description: "Those that can be asked for; null: the others together.",
    }),
    orders: Type.Array(order, { description: "The orders that are compared, in the order of `mrr`." }),
    points: Type.Array(
      Type.Object({
        at: Type.String({ description: "When the step begins." }),
        lists: Type.Integer({ minimum: 0, description: "Of which something was chosen." }),
        mrr: Type.Array(numberOrNull, { description: "Mean reciprocal rank of what was chosen first, by each order." }),
        ...interval,
        rows: Type.Integer({ minimum: 0, description: "Items shown of which it is known whether they were chosen." }),
        logLoss: numberOrNull,
        rateLogLoss: numberOrNull,
        predicted: numberOrNull,
        observed: numberOrNull,
        items: Type.Integer({ minimum: 0, description: "Distinct items shown, on all surfaces." }),
      }),
      { description: "Steps in which something was shown or judged, the oldest first." },
    ),
    total: Type.Object(
      {
        lists: count,
        orders: Type.Array(
          Type.Object({
            name: order,
            mrr: numberOrNull,
            ...interval,
            difference: Type.Union([Type.Object({ mean: number, ...interval }), Type.Null()], {
              description: "The engine's reciprocal rank less this order's, list by list.",
            }),
          }),
        ),
        rows: count,
        logLoss: numberOrNull,
        rateLogLoss: numberOrNull,
        calibration: Type.Union([number, Type.Null()], { description: "Predicted over observed choices: 1 is right." }),
      },
      { description: "Over all points; intervals of 95 %." },
    ),
    calibration: Type.Array(
      Type.Object({
        ...{ from: number, to: number, predicted: number, observed: number },
        ...{ low: number, high: number, rows: number },
      }),
      { description: "By bins of the predicted chance; rows fade, to about a third after 100,000." },
    ),
    places: Type.Array(
      Type.Object({
        place: count,
        ...{ shown: number, clicks: number, rate: number, low: number, high: number },
        bias: Type.Union([number, Type.Null()], {
          description: "What the place adds to the logit by the model, against the first place.",
        }),
      }),
      { description: "From the top down; rows fade, to about a third after 100,000." },
    ),
    coverage: Type.Object(
      { items: count, hour: count, day: count, week: count },
      { description: "Items known, in the catalogue or not, and distinct ones shown of late." },
    ),
  },
  { description: "Each lesson judged before it was learned." },
);
