import { after, before, describe } from "node:test";
import { ending } from "./key-store/ending.ts";
import { lasting } from "./key-store/lasting.ts";
import { making } from "./key-store/making.ts";
import { type KeyStoreStage, keyStoreWords } from "./key-store/words.ts";

/** What every store of keys claims: the exported suite of the interface `KeyStore`. */
export function keyStoreSuite(name: string, open: () => Promise<KeyStoreStage>): void {
  describe(`the licence keys of ${name}`, () => {
    let stage: KeyStoreStage;
    before(async () => {
      stage = await open();
    });
    after(() => stage?.close());

    const words = keyStoreWords(() => stage);
    making(words);
    ending(words);
    lasting(words);
  });
}
