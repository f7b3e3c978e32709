export { demoCompany, demoToday } from "./company.ts";
export { demoPassword, personas } from "./personas.ts";
export type * from "./company.ts";
export type * from "./personal.ts";
export type * from "./personas.ts";
