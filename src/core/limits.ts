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
  /** Values of one list in a context. */
  contextValuesMax: 64,
  /** Code units of all keys and texts of one context. */
  contextLengthMax: 4096,
  /** Code units of a query; a longer one is refused. */
  queryLengthMax: 4096,
  /** Code units of an action's or surface's name. */
  nameLengthMax: 64,
  /** Levels of nesting inside `fields`. */
  depthMax: 16,
  /** Rules of one event of synonyms, and words of one of them. */
  synonymRulesMax: 10_000,
  synonymWordsMax: 64,
  /** Rules of one request's filters, at every depth, and values in all their lists. */
  filterRulesMax: 100,
  filterValuesMax: 5000,
  /** Events in one call. */
  batchEventsMax: 50_000,
  /** Bytes of one HTTP body. */
  bodyBytesMax: 32 * 1024 * 1024,
  /** Lists and objects in the JSON of one body. */
  bodyPartsMax: 1_000_000,
  /** Bytes of HTTP bodies that are being received at one time. */
  bodiesBytesMax: 256 * 1024 * 1024,
  /** Connections at one time; a further one is closed at once. */
  connectionsMax: 10_000,
  /** Milliseconds within which the head of a request has to come, and all of it. */
  headersWithinMs: 15_000,
  requestWithinMs: 60_000,
  /** A connection on which nothing moves for so many milliseconds during a request is closed, and one without a request. */
  stalledWithinMs: 60_000,
  idleWithinMs: 72_000,
  /** Interned ids of each kind. */
  itemsMax: 16_000_000,
  shoppersMax: 16_000_000,
  wordsMax: 8_000_000,
  /** Slates remembered for attribution. */
  slatesMax: 1_000_000,
  /** Impressions whose rows are kept until they are taught, or for the attribution window if chosen. */
  rowsMax: 1_000_000,
  /** What was bought from lists of late, with its rows, for returns that come later than the attribution window. */
  salesMax: 16_384,
  /** Impressions of one slate, the top ones, whose rows are kept; a choice below them is counted but teaches no order. */
  rowsPerSlateMax: 60,
  /** Slots of the list ranker, a power of two; in each the weights of all its linear learners. Crosses beyond it share. */
  rankerWeightsMax: 1_048_576,
  /** Codes (items, shoppers, words, buckets) that each learner of embeddings keeps a vector of; below 2²⁴. */
  embeddingsMax: 262_144,
  /** Events of suspects in quarantine, their bytes as JSON, and events of one suspect. */
  quarantineEventsMax: 20_000,
  quarantineBytesMax: 32 * 1024 * 1024,
  quarantineOfOneMax: 64,
  /** Touches of everybody together, the latest ones, among which neighbours of a session are sought. */
  touchesMax: 2_097_152,
  /** Event ids remembered against duplicates. */
  dedupeIdsMax: 10_000_000,
  /** Items in all answers that `resultCacheMs` keeps, and one for each 64 code units of their questions. */
  cachedItemsMax: 200_000,
  /** Events accepted but not yet durable; beyond it ingest answers 503. */
  queueEventsMax: 200_000,
  /** Bytes of these as JSON. */
  queueBytesMax: 256 * 1024 * 1024,
} as const;
