# The shipped rules about items, with their default options, in the language of Open Policy Agent over rows with all joins done.
package judged

import rego.v1

none := {"missing", "empty", "placeholder"}

ready := {"ready", "next", "current", "active", "done"}

above(value, limit) if {
	is_number(value)
	value > limit
}

TM101 := [i.row | some i in input; i.kind == "story"; i.open == true; i.acceptance_verdict in none]

poor(i) if i.acceptance_verdict == "weak"

poor(i) if {
	i.acceptance_verdict == "ok"
	above(i.acceptance_count, 10)
}

poor(i) if {
	i.acceptance_verdict == "ok"
	above(i.acceptance_vague_share, 0.5)
}

poor(i) if {
	i.acceptance_verdict == "ok"
	i.regulatory == true
	is_number(i.acceptance_count)
	i.acceptance_count < 1
}

TM102 := [i.row | some i in input; i.open == true; i.kind in {"story", "feature"}; i.gate in ready; poor(i)]

TM105 := [i.row | some i in input; i.kind == "story"; i.open == true; i.points == null; i.gate in ready]

TM107 := [i.row |
	some i in input
	i.active == true
	i.owner == null
	i.kind in {"story", "bug", "feature"}
	i.gate in {"active", "done"}
	above(i.days_active, 1)
]

patience(i) := 20 if {
	i.kind == "feature"
	i.stage == "validating"
}

patience(i) := 10 if {
	i.kind == "feature"
	i.stage != "validating"
}

patience(i) := 10 if {
	i.kind != "feature"
	i.stage == "validating"
}

patience(i) := 5 if {
	i.kind != "feature"
	i.stage != "validating"
}

TM108 := [i.row |
	some i in input
	i.active == true
	i.kind in {"story", "bug", "feature"}
	above(i.working_days_since_human_change, patience(i))
]

TM111 := [i.row |
	some i in input
	i.open == true
	i.kind in {"story", "bug"}
	above(i.days_since_iteration_end, 1)
	i.days_since_iteration_end <= 120
]

PG202 := [i.row |
	some i in input
	i.open == true
	i.kind in {"feature", "capability"}
	i.stage != "funnel"
	i.work_class in {"feature", "unknown"}
	i.benefit_verdict in none
]

unweighed(i) if i.time_criticality == null

unweighed(i) if i.risk_reduction == null

unweighed(i) if i.job_size == null

unweighed(i) if {
	is_number(i.job_size)
	i.job_size <= 0
}

unweighed(i) if {
	i.business_value == null
	i.work_class != "compliance"
}

unweighed(i) if {
	i.work_class == "compliance"
	is_number(i.time_criticality)
	i.time_criticality <= 0
	is_number(i.risk_reduction)
	i.risk_reduction <= 0
}

PG203 := [i.row |
	some i in input
	i.open == true
	i.active == false
	i.kind in {"feature", "capability", "epic"}
	i.gate in ready
	unweighed(i)
]

PF301 := [i.row | some i in input; i.kind == "epic"; i.open == true; i.stage != "funnel"; i.owner == null]

to_be_led(i) if {
	i.kind == "epic"
	i.stage != "funnel"
}

to_be_led(i) if {
	i.kind in {"capability", "feature"}
	i.has_epic_ancestor == false
}

PF305 := [i.row | some i in input; i.open == true; i.themes == null; i.work_class != "maintenance"; to_be_led(i)]

local(i) if {
	is_array(i.labels)
	"local-work" in i.labels
}

LK701 := [i.row | some i in input; i.kind == "story"; i.open == true; i.has_feature_ancestor == false; not local(i)]

LK702 := [i.row |
	some i in input
	i.open == true
	i.kind in {"feature", "capability"}
	i.has_epic_ancestor == false
	i.themes == null
	i.gate in ready
]

open_below(i) if i.open_capabilities > 0

open_below(i) if i.open_features > 0

open_below(i) if i.open_stories > 0

open_below(i) if i.open_tasks > 0

LK706 := [i.row |
	some i in input
	i.stage == "done"
	i.kind in {"epic", "capability", "feature"}
	above(i.days_in_stage, 1)
	open_below(i)
]

LK709 := [i.row | some i in input; i.open == true; i.kind in {"story", "feature", "epic"}; above(i.late_dependency_days, 0)]
