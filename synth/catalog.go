package synth

import (
	"github.com/winnow-data/winnow/stages"
	"github.com/winnow-data/winnow/synth/check"
)

// Catalog lists the components of this room by name.
var Catalog = []stages.Spec{
	stages.Define("answer", answerDefaults),
	stages.Define("audit", auditDefaults),
	stages.Define("check_agreement", checkAgreementDefaults),
	stages.Define("check_code", checkCodeDefaults),
	stages.Define("check_constraints", checkConstraintsDefaults),
	stages.Define("check_equations", check.EquationsDefaults),
	stages.Define("check_judge", checkJudgeDefaults),
	stages.Define("check_math", check.MathDefaults),
	stages.Define("check_reward", checkRewardDefaults),
	stages.Define("constrain", constrainDefaults),
	stages.Define("dedup_answers", dedupAnswersDefaults),
	stages.Define("pass_rate", passRateDefaults),
	stages.Define("pick", pickDefaults),
}
