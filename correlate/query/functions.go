package query

import (
	"strings"

	"github.com/VictoriaMetrics/metricsql"
)

// sameFunction are functions of MetricsQL that PromQL has by another name.
var sameFunction = map[string]string{
	"rate_prometheus":     "rate",
	"increase_prometheus": "increase",
	"delta_prometheus":    "delta",
	"changes_prometheus":  "changes",
	"holt_winters":        "double_exponential_smoothing",
	"tfirst_over_time":    "ts_of_first_over_time",
	"tlast_over_time":     "ts_of_last_over_time",
	"tmax_over_time":      "ts_of_max_over_time",
	"tmin_over_time":      "ts_of_min_over_time",
}

// rewrites are functions that PromQL can say with others. nil means that
// these arguments cannot be.
var rewrites = map[string]func(args []metricsql.Expr) metricsql.Expr{
	"median_over_time": func(args []metricsql.Expr) metricsql.Expr {
		if len(args) != 1 {
			return nil
		}
		return &metricsql.FuncExpr{Name: "quantile_over_time", Args: []metricsql.Expr{&metricsql.NumberExpr{N: 0.5}, args[0]}}
	},
	"label_set": func(args []metricsql.Expr) metricsql.Expr {
		names, ok := texts(args, 1)
		if !ok || len(names)%2 != 0 {
			return nil
		}
		e := args[0]
		for i := 0; i < len(names); i += 2 {
			e = replaced(e, names[i], strings.ReplaceAll(names[i+1], "$", "$$"), "", "")
		}
		return e
	},
	"alias": func(args []metricsql.Expr) metricsql.Expr {
		names, ok := texts(args, 1)
		if !ok || len(names) != 1 {
			return nil
		}
		return replaced(args[0], "__name__", strings.ReplaceAll(names[0], "$", "$$"), "", "")
	},
	"label_del": func(args []metricsql.Expr) metricsql.Expr {
		names, ok := texts(args, 1)
		if !ok {
			return nil
		}
		e := args[0]
		for _, name := range names {
			e = replaced(e, name, "", "", "")
		}
		return e
	},
	"label_copy": func(args []metricsql.Expr) metricsql.Expr { return copied(args, false) },
	"label_move": func(args []metricsql.Expr) metricsql.Expr { return copied(args, true) },
}

// copied copies labels that are not empty, and deletes the old ones.
func copied(args []metricsql.Expr, move bool) metricsql.Expr {
	names, ok := texts(args, 1)
	if !ok || len(names)%2 != 0 {
		return nil
	}
	e := args[0]
	for i := 0; i < len(names); i += 2 {
		e = replaced(e, names[i+1], "$1", names[i], "(.+)")
		if move && names[i] != names[i+1] {
			e = replaced(e, names[i], "", "", "")
		}
	}
	return e
}

// texts are the string arguments from one on.
func texts(args []metricsql.Expr, from int) (out []string, ok bool) {
	if len(args) <= from {
		return nil, false
	}
	for _, a := range args[from:] {
		s, ok := a.(*metricsql.StringExpr)
		if !ok {
			return nil, false
		}
		out = append(out, s.S)
	}
	return out, true
}

func replaced(e metricsql.Expr, dst, with, src, re string) metricsql.Expr {
	return &metricsql.FuncExpr{Name: "label_replace", Args: []metricsql.Expr{e,
		&metricsql.StringExpr{S: dst}, &metricsql.StringExpr{S: with}, &metricsql.StringExpr{S: src}, &metricsql.StringExpr{S: re}}}
}

// otherArguments are functions that both languages have, with their arguments
// in another order.
var otherArguments = map[string]string{
	"histogram_quantiles": `histogram_quantiles(x, "label", 0.5, 0.9)`,
}

// nearest says for a construct of MetricsQL what to write instead.
var nearest = map[string]string{
	"union":                   `a or b, or one selector {__name__=~"a|b"}`,
	"any":                     "limitk(1, …)",
	"distinct":                `count(count_values("value", …))`,
	"distinct_over_time":      "changes(x[1h]) + 1 counts changes",
	"mode":                    "mode_over_time is not in PromQL either; topk(1, count_values(…))",
	"zscore":                  "(x - avg(x)) / stddev(x)",
	"zscore_over_time":        "(x - avg_over_time(x[1h])) / stddev_over_time(x[1h])",
	"share":                   "x / on() group_left() sum(x)",
	"sum2":                    "sum(x * x)",
	"geomean":                 "exp(avg(ln(x)))",
	"mad":                     "mad_over_time(x[1h])",
	"quantiles":               "quantile(0.5, x) or quantile(0.9, x), each by itself",
	"histogram":               "a histogram that was exported as one",
	"limit_offset":            "limitk(k, …)",
	"now":                     "time(), which is the time of the step",
	"default_rollup":          "last_over_time(x[5m])",
	"lag":                     "time() - timestamp(x)",
	"lifetime":                "ts_of_last_over_time(x[1h]) - ts_of_first_over_time(x[1h])",
	"duration_over_time":      "ts_of_last_over_time(x[1h]) - ts_of_first_over_time(x[1h])",
	"scrape_interval":         "the sources page says how far samples are apart",
	"increase_pure":           "increase(x[5m])",
	"rate_over_sum":           "sum_over_time(x[5m]) / 300",
	"deriv_fast":              "deriv(x[5m])",
	"ideriv":                  "idelta(x[5m])",
	"integrate":               "integral(x[5m])",
	"range_over_time":         "max_over_time(x[1h]) - min_over_time(x[1h])",
	"geomean_over_time":       "exp(avg_over_time(ln(x)[1h:]))",
	"sum2_over_time":          "sum_over_time((x * x)[1h:])",
	"count_eq_over_time":      "count_over_time((x == 1)[1h:])",
	"count_ne_over_time":      "count_over_time((x != 1)[1h:])",
	"count_gt_over_time":      "count_over_time((x > 1)[1h:])",
	"count_le_over_time":      "count_over_time((x <= 1)[1h:])",
	"share_eq_over_time":      "avg_over_time((x == bool 1)[1h:])",
	"share_gt_over_time":      "avg_over_time((x > bool 1)[1h:])",
	"share_le_over_time":      "avg_over_time((x <= bool 1)[1h:])",
	"sum_gt_over_time":        "sum_over_time((x > 1)[1h:])",
	"stale_samples_over_time": "exports hold no stale markers",
	"tlast_change_over_time":  "changes(x[1h]) > 0 says when",
	"timestamp_with_name":     "timestamp(x)",
	"rollup":                  "min_over_time, max_over_time and avg_over_time, each by itself",
	"rollup_rate":             "rate(x[5m])",
	"rollup_increase":         "increase(x[5m])",
	"rollup_delta":            "delta(x[5m])",
	"rollup_deriv":            "deriv(x[5m])",
	"rollup_candlestick":      "first_over_time, max_over_time, min_over_time and last_over_time",
	"rollup_scrape_interval":  "the sources page says how far samples are apart",
	"aggr_over_time":          "the functions one by one",
	"quantiles_over_time":     "quantile_over_time(0.9, x[1h])",
	"remove_resets":           "increase(x[1h])",
	"keep_last_value":         "last_over_time(x[1h])",
	"keep_next_value":         "last_over_time(x[1h] offset -1h)",
	"interpolate":             "last_over_time(x[5m]), which does not interpolate",
	"smooth_exponential":      "double_exponential_smoothing(x[1h], 0.5, 0.5)",
	"histogram_share":         "histogram_fraction(0, 0.5, x)",
	"prometheus_buckets":      "buckets with the label le",
	"buckets_limit":           "fewer buckets: sum by (le) of those wanted",
	"label_keep":              "sum by (a, b) (x)",
	"label_match":             `x{a=~"…"}`,
	"label_mismatch":          `x{a!~"…"}`,
	"label_map":               "label_replace, one value after the other",
	"label_transform":         "label_replace, whose regular expression matches all of the value",
	"label_value":             "count_values, or the table of labels",
	"sort_by_label_numeric":   `sort_by_label(x, "a"), which sorts numbers as numbers`,
	"rand":                    "no random numbers",
	"outliersk":               "topk(k, abs(x - avg(x)))",
	"outliers_mad":            "abs(x - quantile(0.5, x)) > 3 * …",
	"outliers_iqr":            "x > quantile(0.75, x) * …",
	"bitmap_and":              "no arithmetic on bits",
	"drop_empty_series":       "series without samples are not there",
	"drop_common_labels":      "sum without (a) (x)",
}

// near is what to write instead of a construct.
func near(name string) string {
	if to, ok := nearest[name]; ok {
		return to
	}
	for prefix, to := range map[string]string{
		"topk_":      "topk(k, max_over_time(x[1h])), or another function over time",
		"bottomk_":   "bottomk(k, min_over_time(x[1h])), or another function over time",
		"running_":   "a subquery that begins where the data does: max_over_time((x)[1h:])",
		"range_":     "a subquery over all of the range: avg_over_time((x)[1h:])",
		"label_":     "label_replace or label_join",
		"count_":     "count_over_time((x > 1)[1h:])",
		"histogram_": "histogram_quantile, histogram_fraction",
	} {
		if strings.HasPrefix(name, prefix) {
			return to
		}
	}
	return ""
}
