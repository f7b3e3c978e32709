import base from "../../jest.config.js";

const { globalSetup: _start, globalTeardown: _stop, ...rest } = base;

/** Holes need no database; one process, so that what is left running is seen. */
export default { ...rest, rootDir: "../..", maxWorkers: 1 };
