/** Every limit of the engine in one place (ARCHITECTURE.md, invariant 9); `docs/limits.md` says what happens at each. */
export const limits = {
  /** UTF-16 code units of an id (item, user, session, slate, event). */
  idLengthMax: 512,
  /** Bytes of one event as JSON. */
  eventBytesMax: 256 * 1024,
  /** Fields of one item or user. */
  fieldsMax: 256,
  /** Fields by name over the whole catalogue that get a column; further ones are kept but cannot be filtered on. */
  catalogueFieldsMax: 128,
  /** Items of one slate. */
  slateItemsMax: 1000,
  /** Largest `order` of a shown item. */
  orderMax: 1_000_000,
  /** Candidates of one rank request. */
  candidatesMax: 5000,
  /** Items answered at once. */
  sizeMax: 1000,
  /** Keys of a request's or slate's context. */
  contextKeysMax: 32,
  /** Code units of a query; a longer one is refused. */
  queryLengthMax: 4096,
  /** Code units of an action's or surface's name. */
  nameLengthMax: 64,
  /** Levels of nesting inside `fields`. */
  depthMax: 16,
  /** Events in one call. */
  batchEventsMax: 50_000,
  /** Bytes of one HTTP body. */
  bodyBytesMax: 32 * 1024 * 1024,
  /** Interned ids of each kind. */
  itemsMax: 16_000_000,
  shoppersMax: 16_000_000,
  wordsMax: 8_000_000,
  /** Slates remembered for attribution. */
  slatesMax: 1_000_000,
  /** Impressions whose rows are kept until they are taught, or for the attribution window if chosen. */
  rowsMax: 1_000_000,
  /** Impressions of one slate, the top ones, whose rows are kept; a choice below them is counted but teaches no order. */
  rowsPerSlateMax: 60,
  /** Event ids remembered against duplicates. */
  dedupeIdsMax: 10_000_000,
  /** Events accepted but not yet durable; beyond it ingest answers 503. */
  queueEventsMax: 200_000,
} as const;
