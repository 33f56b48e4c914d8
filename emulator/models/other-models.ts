import { readModelRows } from "./model.ts";

const profileOnly = { isProfileOnly: true } as const;
const reasoning = { alwaysReasons: true } as const;
const seeing = { media: ["image", "document"] } as const;

/**
 * Models of other makers, which the emulator serves through Converse alone. Those without a
 * documented limit may fill their context; those without profiles are sold at another endpoint only.
 */
export const otherModels = readModelRows({ family: "converse" }, [
  ["cohere.command-r-v1:0", "Command R", 4_096, "", { endOfLife: "2026-08-19" }],
  ["cohere.command-r-plus-v1:0", "Command R+", 4_096, "", { endOfLife: "2026-08-19" }],
  [
    "ai21.jamba-1-5-mini-v1:0",
    "Jamba 1.5 Mini",
    4_096,
    "",
    { endOfLife: "2026-11-26", isLegacy: true },
  ],
  [
    "ai21.jamba-1-5-large-v1:0",
    "Jamba 1.5 Large",
    4_096,
    "",
    { endOfLife: "2026-11-26", isLegacy: true },
  ],
  [
    "deepseek.r1-v1:0",
    "DeepSeek-R1",
    32_768,
    "us",
    { ...profileOnly, ...reasoning, hasTools: false },
  ],
  ["deepseek.v3-v1:0", "DeepSeek-V3.1", 80_000, ""],
  ["deepseek.v3.2", "DeepSeek V3.2", 80_000, ""],
  ["openai.gpt-oss-20b-1:0", "gpt-oss-20b", 16_384, "", reasoning],
  ["openai.gpt-oss-120b-1:0", "gpt-oss-120b", 16_384, "", reasoning],
  ["openai.gpt-5.6-luna", "GPT-5.6 Luna", 128_000, "us in global", { ...profileOnly, ...seeing }],
  ["openai.gpt-5.6-terra", "GPT-5.6 Terra", 128_000, "us in global", { ...profileOnly, ...seeing }],
  ["openai.gpt-5.6-sol", "GPT-5.6 Sol", 128_000, "us global", { ...profileOnly, ...seeing }],
  ["openai.gpt-5.4", "GPT-5.4", 128_000, "", { ...profileOnly, ...seeing }],
  ["openai.gpt-5.5", "GPT-5.5", 128_000, "", { ...profileOnly, ...seeing }],
  ["openai.gpt-6-luna", "GPT-6 Luna", 128_000, "us global", { ...profileOnly, ...seeing }],
  ["openai.gpt-6-sol", "GPT-6 Sol", 128_000, "us global", { ...profileOnly, ...seeing }],
  ["openai.gpt-6-astra", "GPT-6 Astra", 128_000, "us global", { ...profileOnly, ...seeing }],
  ["qwen.qwen3-32b-v1:0", "Qwen3 32B", 16_384, ""],
  ["qwen.qwen3-235b-a22b-2507-v1:0", "Qwen3 235B A22B 2507", 256_000, ""],
  ["qwen.qwen3-coder-30b-a3b-v1:0", "Qwen3 Coder 30B A3B", 256_000, ""],
  ["qwen.qwen3-coder-480b-a35b-v1:0", "Qwen3 Coder 480B A35B", 128_000, ""],
  ["qwen.qwen3-next-80b-a3b", "Qwen3 Next 80B A3B", 256_000, ""],
  ["qwen.qwen3-vl-235b-a22b", "Qwen3 VL 235B A22B", 256_000, "", seeing],
  ["moonshot.kimi-k2-thinking", "Kimi K2 Thinking", 256_000, "", reasoning],
  ["moonshotai.kimi-k2.5", "Kimi K2.5", 256_000, "", seeing],
  ["moonshotai.kimi-k3", "Kimi K3", 1_000_000, "us global", { ...profileOnly, ...seeing }],
  ["minimax.minimax-m2", "MiniMax M2", 200_000, "", reasoning],
  ["minimax.minimax-m2.1", "MiniMax M2.1", 200_000, "", reasoning],
  ["minimax.minimax-m2.5", "MiniMax M2.5", 200_000, "", reasoning],
  ["zai.glm-4.7", "GLM 4.7", 200_000, ""],
  ["zai.glm-4.7-flash", "GLM 4.7 Flash", 200_000, ""],
  ["zai.glm-5", "GLM 5", 200_000, ""],
  ["writer.palmyra-x4-v1:0", "Palmyra X4", 120_000, "us", profileOnly],
  ["writer.palmyra-x5-v1:0", "Palmyra X5", 1_000_000, "us", profileOnly],
  ["xai.grok-4.3", "Grok 4.3", 1_000_000, "", { ...profileOnly, ...seeing }],
  ["xai.grok-4.6", "Grok 4.6", 500_000, "us global", { ...profileOnly, ...seeing }],
  ["google.gemma-3-4b-it", "Gemma 3 4B IT", 128_000, "", seeing],
  ["google.gemma-3-12b-it", "Gemma 3 12B IT", 128_000, "", seeing],
  ["google.gemma-3-27b-it", "Gemma 3 27B IT", 128_000, "", seeing],
  ["nvidia.nemotron-nano-9b-v2", "Nemotron Nano 9B v2", 128_000, ""],
  ["nvidia.nemotron-nano-3-30b", "Nemotron Nano 3 30B", 256_000, ""],
  ["nvidia.nemotron-super-3-120b", "Nemotron Super 3 120B", 256_000, ""],
]);
