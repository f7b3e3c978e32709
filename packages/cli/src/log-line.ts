import { styleText } from "node:util";
import type { DecisionEvent } from "@hr/access";

/** Who said it; `hr` is this program. */
export type Speaker = string;

const serviceWidth = 8;
const unshown = ["level", "time", "service", "msg", "err", "url"];

/**
 * One JSON log line of a service as a person reads it:
 * `12:03:04 payroll  listening http://127.0.0.1:4102`. What is no JSON passes
 * with the service's name. Null for what is only for machines: a decision by which
 * nobody was denied anything.
 */
export function readableLine(service: Speaker, line: string): string | null {
  const record = parseRecord(line);
  if (!record)
    return `${" ".repeat(8)} ${service.padEnd(serviceWidth)} ${line}`;
  if (record["event"] === "decision") return decisionLine(service, record);
  const { level, time, msg, url, err } = record;
  const words = [
    clockTime(time),
    service.padEnd(serviceWidth),
    level === "info" ? "" : shownLevel(String(level)),
    indented(textOf(msg)),
    textOf(url),
    ...Object.entries(record)
      .filter(([name]) => !unshown.includes(name))
      .map(([name, value]) => `${name}=${textOf(value)}`),
    faultOf(err),
  ];
  return words.filter((word) => word !== "").join(" ");
}

/** `12:03:04 gateway  denied usr_ada Pay: Payslip.payRun (scope) ×2`. */
function decisionLine(
  service: Speaker,
  { time, decision }: Readonly<Record<string, unknown>>,
): string | null {
  const { subject, operationName, denied } = decision as DecisionEvent;
  if (denied.length === 0) return null;
  const places = denied.map(
    ({ coordinate, reason, count }) =>
      `${coordinate} (${reason})${count > 1 ? ` ×${count}` : ""}`,
  );
  const who = subject ?? "anonymous";
  return `${clockTime(time)} ${service.padEnd(serviceWidth)} denied ${who} ${operationName ?? "(unnamed)"}: ${places.join(", ")}`;
}

/** A line of this program's own, in the form the services write. */
export function ownLine(level: "info" | "warn", msg: string): string {
  const time = new Date().toISOString();
  return JSON.stringify({ level, time, service: "hr", msg });
}

function parseRecord(line: string): Record<string, unknown> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const record = JSON.parse(line) as Record<string, unknown>;
    return "msg" in record ? record : undefined;
  } catch {
    return undefined;
  }
}

function clockTime(time: unknown): string {
  const date = new Date(typeof time === "string" ? time : NaN);
  return Number.isNaN(date.getTime())
    ? " ".repeat(8)
    : date.toTimeString().slice(0, 8);
}

function shownLevel(level: string): string {
  if (level === "warn") return styleText("yellow", level);
  return level === "error" || level === "fatal"
    ? styleText("red", level)
    : level;
}

function faultOf(err: unknown): string {
  if (typeof err !== "object" || err === null) return "";
  const { stack, message } = err as { stack?: unknown; message?: unknown };
  return indented(`\n${textOf(stack ?? message)}`);
}

/** Further lines stand apart from those of others. */
function indented(text: string): string {
  return text.replaceAll("\n", `\n${" ".repeat(11)}`);
}

function textOf(value: unknown): string {
  if (value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}
