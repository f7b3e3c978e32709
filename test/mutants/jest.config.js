import base from "../../jest.config.js";

const { globalSetup: _start, globalTeardown: _stop, ...rest } = base;

/** Holes need no database; what a broken guard leaves running is cut off. */
export default { ...rest, rootDir: "../..", maxWorkers: 1, forceExit: true };
