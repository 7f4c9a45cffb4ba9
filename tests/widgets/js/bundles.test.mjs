// Every file of the widgets, read by Node as it is and as Python bundles it, exports the same.
// Run by tests/widgets/test_node.py, which writes the bundles: HGMRL_BUNDLES names their folder, HGMRL_WIDGETS the files'.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

// What files ask of a page when they are read: they draw only later.
globalThis.window = { addEventListener() {} };

const folder = process.env.HGMRL_BUNDLES;
for (const file of folder ? readdirSync(folder) : []) {
  test(file, async () => {
    const plain = new URL(file.replace("--", "/").replace(/mjs$/, "js"), process.env.HGMRL_WIDGETS);
    const [one, other] = [await import(plain.href), await import(pathToFileURL(`${folder}/${file}`).href)];
    assert.ok(Object.keys(one).length > 0);
    assert.deepEqual(Object.keys(other), Object.keys(one));
    for (const [name, value] of Object.entries(one)) {
      assert.equal(String(other[name]), String(value), name);
      if (typeof value !== "function") assert.equal(JSON.stringify(other[name]), JSON.stringify(value), name);
    }
  });
}
