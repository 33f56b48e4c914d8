import { readModelRows } from "./model.ts";

const profileOnly = { isProfileOnly: true } as const;
const ended = { isProfileOnly: true, endOfLife: "2026-07-07" } as const;
const seeing = { media: ["image", "document"] } as const;

/** Llama 3 to 4. InvokeModel never lets them write more than 2,048 tokens; Converse has these limits. */
export const metaModels = readModelRows({ family: "llama" }, [
  ["meta.llama3-8b-instruct-v1:0", "Llama 3 8B Instruct", 2_048, "", { hasTools: false }],
  ["meta.llama3-70b-instruct-v1:0", "Llama 3 70B Instruct", 2_048, "", { hasTools: false }],
  ["meta.llama3-1-8b-instruct-v1:0", "Llama 3.1 8B Instruct", 4_096, "us"],
  ["meta.llama3-1-70b-instruct-v1:0", "Llama 3.1 70B Instruct", 4_096, "us"],
  ["meta.llama3-1-405b-instruct-v1:0", "Llama 3.1 405B Instruct", 4_096, "us", ended],
  ["meta.llama3-2-1b-instruct-v1:0", "Llama 3.2 1B Instruct", 4_096, "us eu", ended],
  ["meta.llama3-2-3b-instruct-v1:0", "Llama 3.2 3B Instruct", 4_096, "us eu", ended],
  [
    "meta.llama3-2-11b-instruct-v1:0",
    "Llama 3.2 11B Instruct",
    4_096,
    "us",
    { ...ended, ...seeing },
  ],
  [
    "meta.llama3-2-90b-instruct-v1:0",
    "Llama 3.2 90B Instruct",
    4_096,
    "us",
    { ...ended, ...seeing },
  ],
  ["meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B Instruct", 4_096, "us", profileOnly],
  [
    "meta.llama4-scout-17b-instruct-v1:0",
    "Llama 4 Scout 17B Instruct",
    16_384,
    "us",
    { ...profileOnly, ...seeing },
  ],
  [
    "meta.llama4-maverick-17b-instruct-v1:0",
    "Llama 4 Maverick 17B Instruct",
    16_384,
    "us",
    { ...profileOnly, ...seeing },
  ],
]);
