import { readModelRows } from "./model.ts";

const seeing = { media: ["image", "document"] } as const;

/** Models of the text form; Large 2402 takes the chat form too. */
const textModels = readModelRows({ family: "mistral-text", hasTools: false }, [
  ["mistral.mistral-7b-instruct-v0:2", "Mistral 7B Instruct", 8_192, ""],
  ["mistral.mixtral-8x7b-instruct-v0:1", "Mixtral 8x7B Instruct", 4_096, ""],
  ["mistral.mistral-small-2402-v1:0", "Mistral Small (24.02)", 8_192, "", { hasTools: true }],
  ["mistral.mistral-large-2402-v1:0", "Mistral Large (24.02)", 8_191, "", { hasTools: true }],
]);

/** Models of the chat form; those without a documented limit may fill their context. */
const chatModels = readModelRows({ family: "mistral-chat" }, [
  ["mistral.mistral-large-2407-v1:0", "Mistral Large (24.07)", 8_192, ""],
  [
    "mistral.pixtral-large-2502-v1:0",
    "Pixtral Large (25.02)",
    8_192,
    "us eu",
    { ...seeing, isProfileOnly: true },
  ],
  ["mistral.mistral-large-3-675b-instruct", "Mistral Large 3", 256_000, "", seeing],
  ["mistral.ministral-3-3b-instruct", "Ministral 3 3B", 128_000, "", seeing],
  ["mistral.ministral-3-8b-instruct", "Ministral 3 8B", 128_000, "", seeing],
  ["mistral.ministral-3-14b-instruct", "Ministral 3 14B", 256_000, "", seeing],
  [
    "mistral.magistral-small-2509",
    "Magistral Small",
    128_000,
    "",
    { ...seeing, alwaysReasons: true },
  ],
  ["mistral.devstral-2-123b", "Devstral 2", 128_000, ""],
  ["mistral.voxtral-mini-3b-2507", "Voxtral Mini", 32_000, "", { media: ["audio"] }],
  ["mistral.voxtral-small-24b-2507", "Voxtral Small", 32_000, "", { media: ["audio"] }],
]);

/** Mistral AI's models, oldest form first. */
export const mistralModels = [...textModels, ...chatModels];
