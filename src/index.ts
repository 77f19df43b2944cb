/** The public face: what `import … from "liveshelf"` gives. */

export type { Config } from "./config.ts";
export { type ErrorCode, errorCodes, LiveshelfError } from "./core/errors.ts";
export type { Context, ContextValue, Fields, FieldValue, LoggedEvent } from "./core/event.ts";
export type * from "./core/event-report.ts";
export type * from "./core/lately.ts";
export type * from "./core/model-report.ts";
export type * from "./core/public.ts";
export type * from "./core/quality-report.ts";
export type * from "./core/user-report.ts";
export { createEngine, type EngineOptions } from "./engine.ts";
