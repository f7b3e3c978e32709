import type { PolicyEvaluator } from "@hr/access";

/** What a broken evaluator does; its message must not be logged. */
const evaluate: PolicyEvaluator = (_names, { subject }) => {
  throw new Error(`${subject} is nobody I know`);
};

export default evaluate;
