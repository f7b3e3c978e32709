import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ApolloServer, HeaderMap } from "@apollo/server";
import { afterEach, describe, expect, test } from "@jest/globals";
import { createLogger, errorCodes, exposeMetrics } from "@hr/service";
import { outcomeOf } from "./answer-outcome.ts";
import type { CacheStats } from "./cache-metrics.ts";
import { readGatewayConfig } from "./config.ts";
import {
  type GatewayMetrics,
  createGatewayMetrics,
} from "./gateway-metrics.ts";
import { createMetricsPlugin } from "./metrics-plugin.ts";
import type { BreakerState } from "./subgraph-metrics.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(() => Promise.all(closing.splice(0).map((close) => close())));

describe("scraped over HTTP", () => {
  test("requests stand by tier and outcome, with their durations in seconds", async () => {
    const { metrics, scrape } = await expose();
    metrics.request("prepared", "ok", 0.4);
    metrics.request("prepared", "ok", 3);
    metrics.request("full", "refused", 20);
    expect(await scrape("hr_gateway_request")).toMatchObject({
      'hr_gateway_requests_total{tier="prepared",outcome="ok"}': 2,
      'hr_gateway_requests_total{tier="prepared",outcome="refused"}': 0,
      'hr_gateway_requests_total{tier="full",outcome="refused"}': 1,
      'hr_gateway_request_duration_seconds_bucket{tier="prepared",le="0.0005"}': 1,
      'hr_gateway_request_duration_seconds_bucket{tier="prepared",le="0.005"}': 2,
      'hr_gateway_request_duration_seconds_sum{tier="prepared"}': 0.0034,
      'hr_gateway_request_duration_seconds_count{tier="full"}': 1,
    });
  });

  test("errors stand by code, denials by number", async () => {
    const { metrics, scrape } = await expose();
    metrics.error("FORBIDDEN");
    metrics.error("FORBIDDEN");
    metrics.error(undefined);
    metrics.denied(3);
    expect(await scrape("hr_gateway_errors|hr_gateway_denials")).toMatchObject({
      'hr_gateway_errors_total{code="FORBIDDEN"}': 2,
      'hr_gateway_errors_total{code="UNAUTHENTICATED"}': 0,
      'hr_gateway_errors_total{code="other"}': 1,
      hr_gateway_denials_total: 3,
    });
  });

  test("a subgraph stands with its outcomes, what is under way, and its breaker", async () => {
    const { metrics, scrape } = await expose();
    let breaker: BreakerState = "closed";
    const payroll = metrics.subgraph("payroll");
    payroll.observeBreaker(() => breaker);
    payroll.begin();
    payroll.begin();
    payroll.end("late", 2_000);
    expect(await scrape("hr_gateway_subgraph")).toMatchObject({
      'hr_gateway_subgraph_requests_total{subgraph="payroll",outcome="late"}': 1,
      'hr_gateway_subgraph_requests_total{subgraph="payroll",outcome="answered"}': 0,
      'hr_gateway_subgraph_request_duration_seconds_sum{subgraph="payroll"}': 2,
      'hr_gateway_subgraph_requests_in_flight{subgraph="payroll"}': 1,
      'hr_gateway_subgraph_breaker_state{subgraph="payroll",state="closed"}': 1,
      'hr_gateway_subgraph_breaker_state{subgraph="payroll",state="open"}': 0,
    });
    breaker = "open";
    metrics.subgraph("payroll").end("answered", 1);
    expect(await scrape("hr_gateway_subgraph")).toMatchObject({
      'hr_gateway_subgraph_requests_total{subgraph="payroll",outcome="answered"}': 1,
      'hr_gateway_subgraph_requests_in_flight{subgraph="payroll"}': 0,
      'hr_gateway_subgraph_breaker_state{subgraph="payroll",state="closed"}': 0,
      'hr_gateway_subgraph_breaker_state{subgraph="payroll",state="open"}': 1,
    });
  });

  test("a cache is asked when it is read; one that ended leaves what it counted", async () => {
    const { metrics, scrape } = await expose();
    let hits = 5;
    const before = (): CacheStats => ({
      ...{ entries: 2, bytes: 100, hits, misses: 2, evictions: 1 },
    });
    const after = (): CacheStats => ({
      ...{ entries: 1, bytes: 40, hits: 0, misses: 1, evictions: 0 },
    });
    const end = metrics.observeCache("plans", before);
    metrics.observeCache("plans", after);
    hits = 7;
    expect(await scrape("hr_gateway_cache")).toMatchObject({
      'hr_gateway_cache_entries{cache="plans"}': 3,
      'hr_gateway_cache_size_bytes{cache="plans"}': 140,
      'hr_gateway_cache_hits_total{cache="plans"}': 7,
      'hr_gateway_cache_misses_total{cache="plans"}': 3,
      'hr_gateway_cache_evictions_total{cache="plans"}': 1,
      'hr_gateway_cache_entries{cache="tokens"}': 0,
    });
    end();
    end();
    hits = 9;
    expect(await scrape("hr_gateway_cache")).toMatchObject({
      'hr_gateway_cache_entries{cache="plans"}': 1,
      'hr_gateway_cache_size_bytes{cache="plans"}': 40,
      'hr_gateway_cache_hits_total{cache="plans"}': 7,
      'hr_gateway_cache_misses_total{cache="plans"}': 3,
    });
  });

  test("planning stands with its queue, its times, and what the stock executor runs", async () => {
    const { metrics, scrape } = await expose();
    metrics.planning.enter();
    metrics.planning.enter();
    metrics.planning.leave(10, 40);
    metrics.fallback();
    expect(await scrape("hr_gateway_planning|hr_gateway_stock")).toMatchObject({
      hr_gateway_planning_queue_length: 1,
      hr_gateway_planning_wait_duration_seconds_sum: 0.01,
      hr_gateway_planning_duration_seconds_sum: 0.04,
      hr_gateway_stock_fallbacks_total: 1,
    });
  });

  test("a refused supergraph stands out until another is loaded, and does not look new", async () => {
    const { metrics, scrape } = await expose();
    const loaded = "hr_gateway_supergraph_loaded_timestamp_seconds";
    const first = (await scrape("hr_gateway_supergraph"))[loaded] ?? 0;
    expect(Math.abs(first - Date.now() / 1_000)).toBeLessThan(3_600);
    metrics.reload("refused");
    expect(await scrape("hr_gateway_supergraph")).toMatchObject({
      hr_gateway_supergraph_last_reload_successful: 0,
      'hr_gateway_supergraph_reloads_total{result="refused"}': 1,
      [loaded]: first,
    });
    metrics.reload("loaded");
    const then = await scrape("hr_gateway_supergraph");
    expect(then["hr_gateway_supergraph_last_reload_successful"]).toBe(1);
    expect(then[loaded]).toBeGreaterThan(first);
  });

  test.each([
    [true, 1],
    [false, 0],
  ])("dry-run %s stands as %i", async (isDryRun, value) => {
    const { scrape } = await expose(isDryRun);
    const all = await scrape("hr_gateway_authorization");
    expect(all).toEqual({ hr_gateway_authorization_dry_run: value });
  });
});

test("whatever a client makes up, the series stay the same and hold none of it", async () => {
  const { metrics, scrape } = await expose();
  const words = Array.from({ length: 1_000 }, () => randomUUID());
  const made = [...words, "__proto__", "constructor", "toString"];
  const before = Object.keys(await scrape("hr_gateway"));
  for (const word of made) {
    const errors = [{ message: word, extensions: { code: word } }];
    metrics.error(word);
    metrics.error({ toString: () => word });
    metrics.request("full", outcomeOf({ data: null, errors }), 1);
  }
  const after = await scrape("hr_gateway");
  expect(Object.keys(after)).toEqual(before);
  expect(after).toMatchObject({
    'hr_gateway_errors_total{code="other"}': 2 * made.length,
    'hr_gateway_requests_total{tier="full",outcome="failed"}': made.length,
  });
});

test("docs/metrics.md explains every metric, and of what kind it is", async () => {
  const metrics = createGatewayMetrics({ isDryRun: false });
  const file = join(import.meta.dirname, "../../docs/metrics.md");
  const rows = (await readFile(file, "utf8")).matchAll(
    /^\| `(hr_gateway_\w+)` +\| (\w+) /gm,
  );
  const documented = Array.from(rows, ([, name, kind]) => `${name} ${kind}`);
  const own = metrics.read().map(({ name, type }) => `${name} ${type}`);
  const ofWorkers = documented.filter((one) => /_workers? |_worker_/.test(one));
  expect(ofWorkers).toHaveLength(2);
  expect(documented.sort()).toEqual([...own, ...ofWorkers].sort());
});

describe("what Apollo Server answers", () => {
  test.each([
    ["{ name }", "ok", undefined],
    ["{ name broken }", "partial", "INTERNAL_SERVER_ERROR"],
    ["{ name", "invalid", "GRAPHQL_PARSE_FAILED"],
    ["{ nothing }", "invalid", "GRAPHQL_VALIDATION_FAILED"],
    ["", "invalid", "BAD_REQUEST"],
  ])("to %j is %s", async (query, outcome, code) => {
    const { metrics, scrape } = await expose();
    const server = new ApolloServer({
      typeDefs: "type Query { name: String broken: String }",
      resolvers: {
        Query: { name: () => "Ada", broken: () => Promise.reject(Error()) },
      },
      plugins: [createMetricsPlugin(metrics)],
      stopOnTerminationSignals: false,
    });
    await server.start();
    closing.push(() => server.stop());
    await server.executeHTTPGraphQLRequest({
      httpGraphQLRequest: {
        method: "POST",
        headers: new HeaderMap([["content-type", "application/json"]]),
        search: "",
        body: { query },
      },
      context: () => Promise.resolve({}),
    });
    const told = await scrape("hr_gateway_requests|hr_gateway_errors");
    const counted = Object.entries(told).filter(([, value]) => value > 0);
    expect(Object.fromEntries(counted)).toEqual({
      [`hr_gateway_requests_total{tier="full",outcome="${outcome}"}`]: 1,
      ...(code && { [`hr_gateway_errors_total{code="${code}"}`]: 1 }),
    });
  });
});

describe("an answer", () => {
  const coded = (...codes: readonly string[]) =>
    codes.map((code) => ({ extensions: { code } }));

  test("without errors is ok, with data beside errors partial", () => {
    expect(outcomeOf({ data: { me: null } })).toBe("ok");
    expect(outcomeOf({ data: {}, errors: [] })).toBe("ok");
    const errors = coded("UNAUTHORIZED_FIELD_OR_TYPE");
    expect(outcomeOf({ data: { me: null }, errors })).toBe("partial");
  });

  test("without data is what its gravest error says", () => {
    const of = (...codes: readonly string[]) =>
      outcomeOf({ data: null, errors: coded(...codes) });
    expect(of("BAD_USER_INPUT")).toBe("invalid");
    expect(of("BAD_USER_INPUT", "FORBIDDEN")).toBe("refused");
    expect(of("FORBIDDEN", "SUBGRAPH_UNAVAILABLE")).toBe("failed");
    expect(of("MADE_UP")).toBe("failed");
    expect(outcomeOf({ errors: [{}] })).toBe("failed");
  });

  test("of every code we have is of one class", () => {
    const by = Map.groupBy(errorCodes, (code) =>
      outcomeOf({ errors: coded(code) }),
    );
    expect(by.get("refused")).toEqual([
      "FORBIDDEN",
      "UNAUTHENTICATED",
      "UNAUTHORIZED_FIELD_OR_TYPE",
    ]);
    expect(by.get("failed")).toEqual([
      "INCOMPLETE_ANSWER",
      "INTERNAL_SERVER_ERROR",
      "SERVICE_UNAVAILABLE",
      "SUBGRAPH_UNAVAILABLE",
    ]);
  });
});

describe("METRICS_PORT", () => {
  const given = {
    SUPERGRAPH: "supergraph.graphql",
    TOKEN_ISSUER: "http://localhost:1/issuer",
    TOKEN_AUDIENCE: "http://localhost:4000/graphql",
  };

  test("left out, exposes nothing", () => {
    expect(readGatewayConfig(given).metrics).toBeUndefined();
    const empty = { ...given, METRICS_PORT: "" };
    expect(readGatewayConfig(empty).metrics).toBeUndefined();
  });

  test("given, exposes on this machine alone, unless METRICS_HOST says more", () => {
    const config = { ...given, METRICS_PORT: "9464" };
    expect(readGatewayConfig(config).metrics).toEqual({
      ...{ host: "127.0.0.1", port: 9_464 },
    });
    const wide = { ...config, METRICS_HOST: "0.0.0.0" };
    expect(readGatewayConfig(wide).metrics?.host).toBe("0.0.0.0");
  });

  test("is refused where it is PORT, or no port; any free one may be asked for twice", () => {
    const same = { ...given, METRICS_PORT: "4000" };
    expect(() => readGatewayConfig(same)).toThrow("METRICS_PORT is 4000");
    const wrong = { ...given, METRICS_PORT: "many" };
    expect(() => readGatewayConfig(wrong)).toThrow("METRICS_PORT is malformed");
    const free = { ...given, METRICS_PORT: "0", PORT: "0" };
    expect(readGatewayConfig(free).metrics?.port).toBe(0);
  });
});

/** Value by series, for the names that begin so. */
type Scrape = (names: string) => Promise<Readonly<Record<string, number>>>;

async function expose(
  isDryRun = false,
): Promise<{ readonly metrics: GatewayMetrics; readonly scrape: Scrape }> {
  const metrics = createGatewayMetrics({ isDryRun });
  const { url, close } = await exposeMetrics({
    address: { host: "127.0.0.1", port: 0 },
    read: metrics.read,
    logger: createLogger("gateway", { write: () => undefined }),
  });
  closing.push(close);
  return {
    metrics,
    async scrape(names) {
      const text = await (await fetch(`${url}/metrics`)).text();
      const series = text.matchAll(
        new RegExp(`^((?:${names}).*) (\\S+)$`, "gm"),
      );
      return Object.fromEntries(
        [...series].map(([, name = "", value]) => [name, Number(value)]),
      );
    },
  };
}
