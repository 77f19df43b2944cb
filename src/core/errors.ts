/** The closed list of errors. `docs/errors.md` documents each; `test/tidy.test.ts` keeps the two equal. */
export const errorCodes = {
  EVENT_MALFORMED: 400,
  EVENT_TOO_LARGE: 413,
  EVENT_LIMIT: 400,
  REQUEST_MALFORMED: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  RATE_LIMITED: 429,
  REQUEST_TIMEOUT: 408,
  BODY_MALFORMED: 400,
  BODY_TOO_LARGE: 413,
  FILTER_UNKNOWN_FIELD: 400,
  FILTER_MALFORMED: 400,
  ITEM_UNKNOWN: 404,
  USER_UNKNOWN: 404,
  EVENT_UNKNOWN: 404,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  MEDIA_TYPE_UNSUPPORTED: 415,
  OVERLOADED: 503,
  DEADLINE_PASSED: 503,
  LOG_UNWRITABLE: 503,
  NOT_READY: 503,
  CLOSED: 503,
  CONFIG_INVALID: 400,
  FILE_MALFORMED: 400,
  FOLDER_IN_USE: 409,
  FOLDER_UNREADABLE: 500,
  LOG_DAMAGED: 500,
  LOG_TRIMMED: 410,
  BACKUP_DAMAGED: 500,
  FOLDER_NOT_EMPTY: 409,
  SNAPSHOT_DAMAGED: 500,
  STATE_DIFFERS: 500,
  ADDRESS_REFUSED: 400,
  INTERNAL: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorCodes;

/** What every refusal is: a documented code, a sentence that names the mend, and where (a JSON pointer) when known. */
export class LiveshelfError extends Error {
  readonly code: ErrorCode;
  readonly at: string | undefined;

  constructor(code: ErrorCode, message: string, at?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "LiveshelfError";
    this.code = code;
    this.at = at;
  }

  get status(): number {
    return errorCodes[this.code];
  }
}

/** Throws: an invariant that only a bug can break. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new LiveshelfError("INTERNAL", `Broken invariant: ${message}`);
}
