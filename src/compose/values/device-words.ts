/** `vendor.com/class=name`: the Container Device Interface's names. */
export const cdiPattern = /^[a-zA-Z0-9][\w.-]*\/[a-zA-Z0-9][\w.-]*=[a-zA-Z0-9][\w.:-]*$/;

/** `c 189:* rwm`: a rule of `device_cgroup_rules`. */
export const cgroupRulePattern = /^[acb] (?:\d+|\*):(?:\d+|\*) [rwm]{1,3}$/;
