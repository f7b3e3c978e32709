import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import { ConfigError } from "./config.ts";
import { createLogger } from "./log.ts";
import {
  type Snapshot,
  counter,
  createCounts,
  createDurations,
  gauge,
  histogram,
  sample,
  samplesOf,
} from "./metrics.ts";
import { type Exposed, exposeMetrics } from "./metrics-exposure.ts";
import { textOf, total } from "./metrics-text.ts";

const exposed: Exposed[] = [];
afterEach(() => Promise.all(exposed.splice(0).map((one) => one.close())));

const host = "127.0.0.1";
const logger = createLogger("metrics", { write: () => undefined });

const visits = createCounts(["day", "night"]);
const lasting = createDurations();

function read(): Snapshot {
  return [
    counter("visits_total", "Visits.", samplesOf(visits, "when")),
    gauge("rooms", "Rooms.", [sample(3)]),
    histogram("visit_duration_seconds", "How long.", [
      [{ house: 'a "quoted"\nname' }, lasting],
    ]),
  ];
}

async function expose(address: {
  readonly host: string;
  readonly port: number;
}): Promise<string> {
  const one = await exposeMetrics({ address, read, logger });
  exposed.push(one);
  return one.url ?? "";
}

describe("GET /metrics", () => {
  test("tells in Prometheus text what is counted at the moment", async () => {
    const url = await expose({ host, port: 0 });
    visits.night += 2;
    lasting.observe(3);
    lasting.observe(40_000);
    const response = await fetch(`${url}/metrics`);
    const text = await response.text();
    expect(response.headers.get("content-type")).toBe(
      "text/plain; version=0.0.4; charset=utf-8",
    );
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(text).toContain(
      '# TYPE visits_total counter\nvisits_total{when="day"} 0\nvisits_total{when="night"} 2\n',
    );
    expect(text).toContain("# TYPE rooms gauge\nrooms 3\n");
    const at = 'house="a \\"quoted\\"\\nname"';
    expect(text).toContain(`_bucket{${at},le="0.0025"} 0\n`);
    expect(text).toContain(`_bucket{${at},le="0.005"} 1\n`);
    expect(text).toContain(`_bucket{${at},le="30"} 1\n`);
    expect(text).toContain(`_bucket{${at},le="+Inf"} 2\n`);
    expect(text).toContain(`_sum{${at}} 40.003\n`);
    expect(text).toContain(`_count{${at}} 2\n`);
    visits.night += 1;
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      'visits_total{when="night"} 3\n',
    );
  });

  test("tells in OpenMetrics whom accepts it, and the same to others afterwards", async () => {
    const url = await expose({ host, port: 0 });
    const accept =
      "application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3";
    const response = await fetch(`${url}/metrics`, { headers: { accept } });
    const text = await response.text();
    expect(response.headers.get("content-type")).toBe(
      "application/openmetrics-text; version=1.0.0; charset=utf-8",
    );
    expect(text).toContain(
      '# TYPE visits counter\nvisits_total{when="day"} 0\n',
    );
    expect(text).toContain("# TYPE process_cpu_seconds counter\n");
    expect(text).not.toContain("_total_total");
    expect(text.endsWith("\n# EOF\n")).toBe(true);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain(
      "# TYPE visits_total counter\n",
    );
  });

  test("tells of the process: processor, memory, event loop, collection", async () => {
    const url = await expose({ host, port: 0 });
    const text = await (await fetch(`${url}/metrics`)).text();
    for (const name of [
      "process_cpu_seconds_total",
      "process_resident_memory_bytes",
      "process_start_time_seconds",
      "nodejs_eventloop_lag_seconds",
      "nodejs_heap_size_used_bytes",
      "nodejs_gc_duration_seconds",
    ])
      expect(text).toContain(`# TYPE ${name} `);
  });

  test("is all there is: another path is 404, another method 405", async () => {
    const url = await expose({ host, port: 0 });
    for (const path of ["/", "/livez", "/graphql", "/metrics/"])
      expect((await fetch(url + path)).status).toBe(404);
    const posted = await fetch(`${url}/metrics`, { method: "POST" });
    expect([posted.status, posted.headers.get("allow")]).toEqual([405, "GET"]);
    expect((await fetch(`${url}/metrics?name=visits`)).status).toBe(200);
  });

  test("answers 500 without a word of the reason when reading fails, and logs it", async () => {
    const log: string[] = [];
    const one = await exposeMetrics({
      address: { host, port: 0 },
      logger: createLogger("metrics", { write: (line) => log.push(line) }),
      read: () => {
        throw new Error("secret host");
      },
    });
    exposed.push(one);
    const response = await fetch(`${one.url}/metrics`);
    expect(response.status).toBe(500);
    expect(await response.text()).not.toContain("secret");
    expect(log.join("")).toContain("metrics not told");
  });

  test("is gone once closed", async () => {
    const one = await exposeMetrics({
      ...{ address: { host, port: 0 }, read, logger },
    });
    expect((await fetch(`${one.url}/metrics`)).status).toBe(200);
    await one.close();
    await expect(fetch(`${one.url}/metrics`)).rejects.toThrow();
  });
});

describe("the address", () => {
  test("left out, nothing listens", async () => {
    const one = await exposeMetrics({ address: undefined, read, logger });
    expect(one.url).toBeUndefined();
    await one.close();
  });

  test("taken, names METRICS_PORT and the cure", async () => {
    const other = createServer().listen(0, host);
    await once(other, "listening");
    const { port } = other.address() as AddressInfo;
    const refused = expose({ host, port });
    await expect(refused).rejects.toThrow(ConfigError);
    await expect(refused).rejects.toThrow(`METRICS_PORT ${port} is taken`);
    other.close();
  });

  test("not this machine's, names METRICS_HOST", async () => {
    await expect(expose({ host: "192.0.2.1", port: 0 })).rejects.toThrow(
      "METRICS_HOST 192.0.2.1 is no address of this machine",
    );
  });
});

describe("several snapshots", () => {
  test("come to sums, and gauges to what each asks for", async () => {
    const of = (value: number): Snapshot => [
      counter("visits_total", "Visits.", [sample(value, { when: "day" })]),
      gauge("rooms", "Rooms.", [sample(value)]),
      { ...gauge("first", "Opened.", [sample(value)]), aggregator: "min" },
      {
        ...gauge("mean", "Nothing yet.", [sample(NaN)]),
        aggregator: "average",
      },
    ];
    const text = await textOf([of(2), of(5)], "prometheus");
    expect(text).toContain('visits_total{when="day"} 7\n');
    expect(text).toContain("rooms 7\n");
    expect(text).toContain("first 2\n");
    expect(text).not.toMatch(/^mean /m);
    expect(await textOf([total([of(2), of(5)])], "prometheus")).toBe(text);
  });
});

test("a duration counts in the smallest bucket that holds it, bounds included", () => {
  const durations = createDurations();
  for (const ms of [0, 0.5, 0.51, 30_000, 30_001]) durations.observe(ms);
  const buckets = durations
    .samples("x", {})
    .filter(({ metricName }) => metricName === "x_bucket")
    .map(({ labels, value }) => [labels["le"], value]);
  expect(buckets.slice(0, 2)).toEqual([
    [0.0005, 2],
    [0.001, 3],
  ]);
  expect(buckets.slice(-2)).toEqual([
    [30, 4],
    ["+Inf", 5],
  ]);
});
