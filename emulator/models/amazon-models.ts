import { readModelRows } from "./model.ts";

const seeing = { media: ["image", "document", "video"] } as const;

/** Titan Text was gone from the listing in August 2026; the days are not known. */
const titanModels = readModelRows({ family: "titan", hasTools: false, endOfLife: "2026-08-01" }, [
  ["amazon.titan-text-lite-v1", "Titan Text G1 - Lite", 4_096, ""],
  ["amazon.titan-text-express-v1", "Titan Text G1 - Express", 8_192, ""],
  ["amazon.titan-text-premier-v1:0", "Titan Text G1 - Premier", 3_072, ""],
]);

const novaModels = readModelRows({ family: "nova" }, [
  ["amazon.nova-micro-v1:0", "Nova Micro", 10_000, "us eu apac"],
  ["amazon.nova-lite-v1:0", "Nova Lite", 10_000, "us eu apac ca", seeing],
  ["amazon.nova-pro-v1:0", "Nova Pro", 10_000, "us eu apac", seeing],
  [
    "amazon.nova-premier-v1:0",
    "Nova Premier",
    10_000,
    "us",
    { ...seeing, isProfileOnly: true, endOfLife: "2026-09-14" },
  ],
  [
    "amazon.nova-2-lite-v1:0",
    "Nova 2 Lite",
    64_000,
    "us eu jp global",
    { ...seeing, isProfileOnly: true },
  ],
  [
    "amazon.nova-2-pro-preview-20251202-v1:0",
    "Nova 2 Pro Preview",
    64_000,
    "us",
    { ...seeing, isProfileOnly: true },
  ],
]);

/** Amazon's own models that write text. */
export const amazonModels = [...titanModels, ...novaModels];
