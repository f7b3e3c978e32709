import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openAuthAdmin } from "@hr/auth/admin";
import { exportJWK, generateKeyPair } from "jose";
import { type Outcome, runContest } from "./contest.ts";
import { ratio } from "./interleave.ts";
import { connections, hangUp, issuerRequests } from "./issuer-requests.ts";
import { bareLoops } from "./jose-loops.ts";
import { openBenchPostgres } from "./postgres.ts";
import { startChild } from "./start-child.ts";
import { median } from "./table.ts";

/**
 * What the issuer's process uses for an answer, over HTTP and on PostgreSQL, against
 * bare loops of jose in this process that sign and verify the same claims.
 */
const rounds = Number(process.argv[2] ?? 7);
const folder = await mkdtemp(join(tmpdir(), "hr-bench-"));
// Run by root, the database server is another user and has to reach its own folder.
await chmod(folder, 0o755);
const postgres = await openBenchPostgres(join(folder, "postgres"));
try {
  process.stdout.write(await measureIssuer());
} finally {
  await postgres.stop();
  await rm(folder, { recursive: true });
}

async function measureIssuer(): Promise<string> {
  const machine = { id: "payroll-export", secret: randomSecret() };
  const gateway = { id: "gateway", secret: randomSecret() };
  const auth = await startChild("contenders/auth.ts", {
    DATA_FOLDER: folder,
    DATABASE_URL: postgres.url,
    PAYROLL_EXPORT_SECRET: machine.secret,
    GATEWAY_SECRET: gateway.secret,
  });
  try {
    const clients = { machine, gateway, keyed: await addKeyedClient() };
    const requests = await issuerRequests(auth.url, clients);
    const asked = Object.entries(requests.byName).map(([name, work]) => {
      const { pid } = auth;
      return { name, work, workers: connections, pid, rest: hangUp };
    });
    const contestants = [...(await bareLoops(requests.token())), ...asked];
    return tableOf(await runContest({ contestants, postgres, rounds }));
  } finally {
    await auth.stop();
  }
}

function randomSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** The same scopes as the machine that has a secret. */
async function addKeyedClient() {
  const id = "bench-export";
  const { privateKey: key, publicKey } = await generateKeyPair("ES256");
  const admin = await openAuthAdmin(postgres.url, { development: true });
  await admin.clients.add({
    ...{ id, name: "Bench", kind: "machine" },
    scopes: ["employee:read", "payroll:read", "payroll:payslip:read"],
    jwks: { keys: [{ ...(await exportJWK(publicKey)), kid: id }] },
  });
  await admin.close();
  return { id, key };
}

function tableOf({ own, postgres: beside, noisy }: Outcome): string {
  const lines = Object.keys(own).map((name) => {
    const micros = median(own[name] ?? []);
    return [
      name,
      (1e6 / micros).toFixed(0),
      micros.toFixed(0),
      ratio(own, name, "`SignJWT`"),
      median(beside[name] ?? []).toFixed(0),
    ];
  });
  const headings = [
    "",
    "a second on one core",
    "CPU µs",
    "× `SignJWT` (spread)",
    "PostgreSQL's CPU µs",
  ];
  const kept = Object.values(own)[0]?.length ?? 0;
  return [headings, ["---", "--:", "--:", "--:", "--:"], ...lines]
    .map((cells) => `| ${cells.join(" | ")} |\n`)
    .join("")
    .concat(`\nrounds: ${kept}/${rounds}${noisy ? " noisy" : ""}\n`);
}
