/** What parts of a request are called elsewhere: in them no letter says what it is called here. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  query: ["q", "search", "searchtext", "searchterm", "term", "text", "keyword", "keywords", "phrase"],
  q: ["query", "search", "prefix", "input", "term", "text"],
  size: ["hitsperpage", "limit", "perpage", "pagesize", "rows", "count", "top", "take", "num", "n", "k"],
  from: ["offset", "page", "start", "skip"],
  sort: ["sortby", "order", "orderby", "ordering"],
  filters: ["filter", "filterby", "fq", "where", "facetfilters", "numericfilters", "refinements"],
  facets: ["facet", "facetby", "aggs", "aggregations", "attributes"],
  group: ["groupby", "groupfield", "distinct", "collapse"],
  highlight: ["highlights", "highlighting", "attributestohighlight"],
  field: ["name", "attribute", "facet"],
  items: ["candidates", "documents", "docs", "hits", "products", "ids", "results"],
  item: ["id", "itemid", "product", "productid", "document", "objectid", "sku"],
  match: ["score", "relevance", "weight"],
  exclude: ["without", "excluded", "blacklist", "ignore"],
  user: ["userid", "usertoken", "customer", "customerid", "visitor", "visitorid"],
  session: ["sessionid", "visit", "visitid"],
  timeoutMs: ["timeout", "deadline"],
};

/** Which of the `known` names somebody else's name means; however it is written: `hitsPerPage`, `per_page`. */
export function ownName(name: string, known: readonly string[]): string | undefined {
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  return known.find((own) => Object.hasOwn(otherNames, own) && otherNames[own]!.includes(plain));
}
