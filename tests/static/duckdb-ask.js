// SPDX-License-Identifier: GPL-2.0-or-later
//
// Ask DuckDB: node duckdb-ask.js DIRECTORY, where npm has installed the package.
// Standard input is a list of statements, in JSON; standard output has the rows
// of each one.  The first that fails ends it, with a message on stderr.
"use strict";

const { createRequire } = require("node:module");
const path = require("node:path");

const from = createRequire(path.join(path.resolve(process.argv[2]), "x.js"));
const { DuckDBInstance } = from("@duckdb/node-api");

async function main() {
  let text = "";
  for await (const piece of process.stdin) {
    text += piece;
  }
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  const answers = [];
  for (const statement of JSON.parse(text)) {
    const reader = await connection.runAndReadAll(statement);
    answers.push(reader.getRowsJson());
  }
  process.stdout.write(JSON.stringify(answers) + "\n");
  connection.closeSync();
  instance.closeSync();
}

main().catch((error) => {
  console.error(String(error.message || error));
  process.exitCode = 1;
});
