// Imported as an ES module, `node:http` hands out all its names at once, and one of them loads Node's whole `fetch`:
// 40 ms of every start for something that is never used here.
export const { createServer, STATUS_CODES } = process.getBuiltinModule('node:http');
