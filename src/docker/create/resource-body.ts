import type { BlockIo, DeviceRate, DeviceRequest, Devices, Resources } from "../../compose/model/container/options.js";
import { given } from "../../tools/present.js";

export function resourceBody(resources: Resources = {}): object {
  return given({
    Memory: resources.memory,
    MemoryReservation: resources.memoryReservation,
    MemorySwap: resources.memorySwap,
    MemorySwappiness: resources.memorySwappiness,
    OomKillDisable: resources.oomKillDisable,
    OomScoreAdj: resources.oomScoreAdj,
    NanoCpus: resources.nanoCpus,
    CpuShares: resources.cpuShares,
    CpuPeriod: resources.cpuPeriod,
    CpuQuota: resources.cpuQuota,
    CpuRealtimePeriod: resources.cpuRealtimePeriod,
    CpuRealtimeRuntime: resources.cpuRealtimeRuntime,
    CpusetCpus: resources.cpuset,
    PidsLimit: resources.pids,
    ShmSize: resources.shmSize,
    Ulimits: resources.ulimits?.map(({ name, soft, hard }) => ({ Name: name, Soft: soft, Hard: hard })),
    StorageOpt: resources.storageOptions,
    ...blockIoBody(resources.blkio),
  });
}

function blockIoBody({ weight, weightDevice, readBps, writeBps, readIops, writeIops }: BlockIo = {}): object {
  return {
    BlkioWeight: weight,
    BlkioWeightDevice: weightDevice?.map((device) => ({ Path: device.path, Weight: device.weight })),
    BlkioDeviceReadBps: rates(readBps),
    BlkioDeviceWriteBps: rates(writeBps),
    BlkioDeviceReadIOps: rates(readIops),
    BlkioDeviceWriteIOps: rates(writeIops),
  };
}

function rates(devices: readonly DeviceRate[] | undefined): object[] | undefined {
  return devices?.map(({ path, rate }) => ({ Path: path, Rate: rate }));
}

export function deviceBody({ mappings, cgroupRules, requests }: Devices = {}): object {
  return given({
    Devices: mappings?.map(({ source, target, permissions }) => ({
      PathOnHost: source,
      PathInContainer: target,
      CgroupPermissions: permissions,
    })),
    DeviceCgroupRules: cgroupRules,
    DeviceRequests: requests?.map(deviceRequest),
  });
}

/** The engine takes alternatives, each a list of what one device must be able to do; a file can write one. */
function deviceRequest({ driver, count, ids, capabilities, options }: DeviceRequest): object {
  return given({
    Driver: driver,
    Count: count,
    DeviceIDs: ids,
    Capabilities: capabilities.length === 0 ? undefined : [capabilities],
    Options: options,
  });
}
