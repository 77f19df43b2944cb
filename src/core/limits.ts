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
  /** Code units of a query; of a longer one the end is left out where it is searched for, else it is refused. */
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
  /** Levels of nesting in the JSON of one body, or of one line. */
  bodyDepthMax: 500,
  /** Access keys, in settings and key file together, and code units of one. */
  accessKeysMax: 100,
  accessKeyLengthMax: 512,
  /** Addresses whose requests are counted apart. */
  countedAddressesMax: 100_000,
  /** Bytes of HTTP bodies that are being received at one time. */
  bodiesBytesMax: 256 * 1024 * 1024,
  /** Connections at one time; a further one is closed at once. */
  connectionsMax: 10_000,
  /** Readers of `GET /v1/live` at one time, and bytes that wait for one of them; what comes beyond that it misses. */
  liveStreamsMax: 32,
  liveBytesMax: 65_536,
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
  /** Terms of the search index, below 2²⁴, and code units of one. */
  termsMax: 8_000_000,
  termLengthMax: 128,
  /** Of one query: code units read, words read of these, ways to read them, and terms that stand for one word. */
  queryReadMax: 512,
  queryWordsMax: 16,
  queryReadingsMax: 8,
  queryTermsMax: 256,
  /** Terms of an item's texts in one slot of the search index (title, description …), and units of these texts (core/read-length.ts). */
  slotTermsMax: 2048,
  slotTextMax: 16_384,
  /** Different terms of an item over all slots, and units of all its texts. */
  itemTermsMax: 2048,
  itemTextMax: 49_152,
  /** Units of texts that are read for the highlights of one answer. */
  highlightTextMax: 131_072,
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
  /** Queries that may be suggested, their UTF-16 code units, and shoppers of one that are told apart. */
  suggestQueriesMax: 200_000,
  suggestLengthMax: 60,
  suggestShoppersMax: 50,
  /** Code units read of what was typed so far. */
  suggestReadMax: 64,
  /** Queries, those asked last, of which is counted how often they found nothing or little. */
  askedQueriesMax: 10_000,
  /** Facets of one search, and values answered of one. */
  facetsMax: 32,
  facetValuesMax: 1000,
  /** Lists of one shopper answered at once. */
  userSlatesMax: 100,
  /** Surfaces, those judged first, of which is kept apart how well lists are ordered and chances hold. */
  qualitySurfacesMax: 8,
  /** Completions answered at once. */
  completionsMax: 100,
  /** Items of one search that pages reach. */
  pagedMax: 10_000,
  /** Items in all lists that searches began and later pages go on through, and for how many milliseconds. */
  pagedItemsMax: 2_000_000,
  pagedWithinMs: 1_800_000,
  /** Event ids remembered against duplicates. */
  dedupeIdsMax: 10_000_000,
  /** Events, the latest ones, of which is known what came of them in the fold. */
  fatesMax: 1_048_576,
  /** Events refused at the door that can be looked at, the latest ones, and as many duplicates. */
  refusedEventsMax: 10_000,
  /** Items and values of facets in all answers that `resultCacheMs` keeps, and one for each 64 code units of their questions. */
  cachedItemsMax: 200_000,
  /** Shoppers whose events wait to leave the log; beyond it an erasure answers 503. */
  erasuresMax: 1_000_000,
  /** Events accepted but not yet durable; beyond it ingest answers 503. */
  queueEventsMax: 200_000,
  /** Bytes of these as JSON. */
  queueBytesMax: 256 * 1024 * 1024,
  /** Users, sessions and items each that an examination by the doctor follows. */
  examinedIdsMax: 2_000_000,
  /** Columns of a CSV of items; {@link fieldsMax} of them at most become fields. */
  columnsMax: 1000,
  /** Uploads that are examined at one time, and ids of each kind that are followed in one. */
  uploadsMax: 2,
  uploadIdsMax: 200_000,
  /** Bytes of the JavaScript heap of the thread that examines one. */
  uploadHeapBytesMax: 256 * 1024 * 1024,
} as const;
