/** What a Prometheus server would know after one scrape: the label names of every series, by metric name. */
export type Scrape = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads the text format (Prometheus: exposition formats). A histogram counts as its `_bucket`, `_sum` and `_count`. */
export function readScrape(text: string): Scrape {
  const series = new Map<string, Set<string>>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const { name, labels = "" } =
      /^(?<name>[\w:]+)(?:\{(?<labels>.*)\})? \S+/.exec(line)?.groups ?? {};
    if (!name) throw new Error(`not a line of Prometheus: ${line}`);
    const known = series.get(name) ?? new Set();
    for (const [, label = ""] of labels.matchAll(/(\w+)="(?:[^"\\]|\\.)*"/g)) known.add(label);
    series.set(name, known);
  }
  return series;
}

/** One metric that a query selects, with every label that the query names for it. */
export interface Selection {
  readonly metric: string;
  readonly labels: readonly string[];
}

const functions = new Set(
  "histogram_quantile sum rate increase max min label_values by".split(" "),
);

/**
 * The metrics of a PromQL expression of the forms that the dashboard uses, and its labels: matchers belong to their metric,
 * the labels of `by (…)` to all metrics of the expression.
 */
export function selectionsOf(expression: string): Selection[] {
  const grouped = [...expression.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, names = ""]) =>
    names.split(",").map((name) => name.trim()),
  );
  const plain = expression.replace(/\bby \([^)]*\)/g, "");
  return [...plain.matchAll(/(?<![$"\w])([a-z_]\w*)(\{[^}]*\})?/g)].flatMap(
    ([, metric = "", braces = ""]) => {
      if (functions.has(metric)) return [];
      const matched = [...braces.matchAll(/(\w+)(?:=~|!=|!~|=)"/g)].map(([, name = ""]) => name);
      return [{ metric, labels: [...matched, ...grouped] }];
    },
  );
}
