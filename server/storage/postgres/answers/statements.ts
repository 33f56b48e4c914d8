import type { PreparedStatement } from "../database.ts";

/** Times are in milliseconds from now, by the database's clock. */
export const statements = {
  /** Gives a row where the name was free, or what stood there is over. */
  claim: named(
    "claim",
    `INSERT INTO axonflow.shared_answer AS known (name, mark, claim, until)
     VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond')
     ON CONFLICT (name) DO UPDATE
     SET mark = excluded.mark, claim = excluded.claim, until = excluded.until, sealed = NULL
     WHERE known.until <= now()
     RETURNING 1`,
  ),
  look: named(
    "look",
    "SELECT mark, sealed FROM axonflow.shared_answer WHERE name = $1 AND until > now()",
  ),
  keep: named(
    "keep",
    `UPDATE axonflow.shared_answer
     SET sealed = $3, until = now() + $4 * interval '1 millisecond'
     WHERE name = $1 AND claim = $2`,
  ),
  release: named(
    "release",
    "DELETE FROM axonflow.shared_answer WHERE name = $1 AND claim = $2 AND sealed IS NULL",
  ),
  hold: named(
    "hold",
    `UPDATE axonflow.shared_answer SET until = now() + $2 * interval '1 millisecond'
     WHERE claim = ANY($1::uuid[]) AND sealed IS NULL`,
  ),
  prune: named("prune", "DELETE FROM axonflow.shared_answer WHERE until < now()"),
};

function named(name: string, text: string): PreparedStatement {
  return { name: `axonflow_answer_${name}`, text };
}
