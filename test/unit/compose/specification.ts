/** The keys of the Compose Specification (schema of 2026-06, and `pre_start` of its text), mapping by mapping. */
export const specification: Readonly<Record<string, string>> = {
  "": "configs include models name networks secrets services version volumes",
  "services.*":
    "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs " +
    "container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares " +
    "cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt " +
    "dns_search domainname entrypoint env_file environment expose extends external_links extra_hosts gpus " +
    "group_add healthcheck hostname image init ipc isolation label_file labels links logging mac_address " +
    "mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable " +
    "oom_score_adj pid pids_limit platform ports post_start pre_start pre_stop privileged profiles " +
    "provider pull_policy pull_refresh_after read_only restart runtime scale secrets security_opt " +
    "shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits " +
    "use_api_socket user userns_mode uts volumes volumes_from working_dir",
  "services.*.blkio_config": "device_read_bps device_read_iops device_write_bps device_write_iops weight weight_device",
  "services.*.blkio_config.weight_device[]": "path weight",
  "services.*.blkio_config.device_*[]": "path rate",
  "services.*.depends_on.*": "condition required restart",
  "services.*.deploy":
    "endpoint_mode labels mode placement replicas resources restart_policy rollback_config update_config",
  "services.*.deploy.update_config": "delay failure_action max_failure_ratio monitor order parallelism",
  "services.*.deploy.restart_policy": "condition delay max_attempts window",
  "services.*.deploy.resources": "limits reservations",
  "services.*.deploy.resources.limits": "cpus memory pids",
  "services.*.deploy.resources.reservations": "cpus devices generic_resources memory",
  "services.*.deploy.resources.reservations.devices[]": "capabilities count device_ids driver options",
  "services.*.devices[]": "permissions source target",
  "include[]": "env_file path project_directory",
  "services.*.env_file[]": "format path required",
  "services.*.extends": "file service",
  "services.*.gpus[]": "capabilities count device_ids driver options",
  "services.*.healthcheck": "disable interval retries start_interval start_period test timeout",
  "services.*.logging": "driver options",
  "services.*.networks.*":
    "aliases driver_opts gw_priority interface_name ipv4_address ipv6_address link_local_ips mac_address " + "priority",
  "services.*.ports[]": "app_protocol host_ip mode name protocol published target",
  "services.*.ulimits.*": "hard soft",
  "services.*.volumes[]": "bind consistency image read_only source target tmpfs type volume",
  "services.*.volumes[].bind": "create_host_path propagation recursive selinux",
  "services.*.volumes[].volume": "labels nocopy subpath",
  "services.*.volumes[].tmpfs": "mode size",
  "networks.*": "attachable driver driver_opts enable_ipv4 enable_ipv6 external internal ipam labels name",
  "networks.*.ipam": "config driver options",
  "networks.*.ipam.config[]": "aux_addresses gateway ip_range subnet",
  "volumes.*": "driver driver_opts external labels name",
  "configs.*": "content environment external file labels name template_driver",
  "secrets.*": "driver driver_opts environment external file labels name template_driver",
  "services.*.configs[]": "gid mode source target uid",
  "services.*.pre_start[]": "command environment image per_replica privileged user working_dir",
  "services.*.post_start[]": "command environment privileged user working_dir",
  "services.*.pre_stop[]": "command environment privileged user working_dir",
  "services.*.secrets[]": "gid mode source target uid",
};
