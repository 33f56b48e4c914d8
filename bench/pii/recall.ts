import { recallTable } from "../../test/unit/policies/pii/detect/score.ts";

// Recall and precision of every detector on the project's own examples: `node bench/pii/recall.ts`.

console.log(recallTable());
