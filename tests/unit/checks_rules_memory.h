/* Rows of the rules about memory; part of checks_rules.c. */
#ifndef VSMIGD_TESTS_CHECKS_RULES_MEMORY_H
#define VSMIGD_TESTS_CHECKS_RULES_MEMORY_H

START_TEST(memory)
{
	ROW("memory-total", "as large as the host", LIVE, "", f->config.memory_kib = 16 * GIB);
	ROW("memory-total", "larger", LIVE, "VSM4201:false", f->config.memory_kib = 17 * GIB);
	ROW("memory-total", "larger, only defined", OFFLINE, "VSM4201", SHUT_OFF;
		f->config.memory_kib = 17 * GIB);
	ROW("memory-free", "enough", LIVE, "", f->config.current_kib = 8 * GIB);
	ROW("memory-free", "not enough", LIVE, "VSM5004 policy", f->config.current_kib = 9 * GIB);
	ROW("memory-free", "not enough, strict", LIVE, "VSM4202:false policy",
		f->config.current_kib = 9 * GIB;
		config.refuse_overcommit = true);
	ROW("memory-free", "not enough to lock", LIVE, "VSM4202:false",
		f->config.memory_kib = 9 * GIB;
		f->config.locked = true);
	ROW("memory-free", "not told", LIVE, "", f->dst.free_kib = 0);
	ROW("hugepages", "none", LIVE, "", (void)0);
	ROW("hugepages", "enough", LIVE, "VSM6002", f->config.hugepages = true;
		f->dst.page_kib = 2048; f->dst.free_pages = 1024);
	ROW("hugepages", "too few", LIVE, "VSM4203:false", f->config.hugepages = true;
		f->dst.page_kib = 2048; f->dst.free_pages = 1023);
	ROW("hugepages", "too few for all, but it is not all", LIVE, "VSM6002",
		f->config.hugepages = true;
		f->config.hugepages_partly = true; f->dst.page_kib = 2048;
		f->dst.free_pages = 1023);
	ROW("hugepages", "of no size", LIVE, "VSM6002", f->config.hugepages = true);
	ROW("hugepages", "only defined", OFFLINE, "", SHUT_OFF; f->config.hugepages = true);
	ROW("numa", "there", LIVE, "", f->config.numa_nodes = "0");
	ROW("numa", "not told", LIVE, "VSM6002", f->config.numa_nodes = "0-1";
		f->dst.caps.numa_nodes = NULL);
	ROW("numa", "gone", LIVE, "VSM4204:false", f->config.numa_nodes = "0-1");
	ROW("numa", "there, with a gap", LIVE, "", f->config.numa_nodes = "8";
		f->dst.caps.numa_nodes = "0,8");
	ROW("numa", "in a gap", LIVE, "VSM4204:false", f->config.numa_nodes = "1";
		f->dst.caps.numa_nodes = "0,8");
#define MEMDEV(...)                                                                                \
	f->config.n_memdevs = 1;                                                                   \
	f->config.memdevs = ((struct vm_memdev[]){ { __VA_ARGS__ } })
	ROW("memory-devices", "a slot and a base", LIVE, "",
		MEMDEV(.model = "dimm", .slot = "0", .base = "0x100000000"));
	ROW("memory-devices", "no base", LIVE, "VSM4205:false",
		MEMDEV(.model = "dimm", .slot = "0"));
#define PATHS(kind, path, there)                                                                   \
	f->config.n_paths = 1;                                                                     \
	f->config.paths = ((struct vm_path[]){ { kind, "somebody", path, 0 } });                   \
	f->paths_there = ((enum tri[]){ there })
	ROW("memory-devices", "nvdimm", LIVE, "VSM4206 policy,VSM6002",
		PATHS(PATH_MEMORY, "/x", TRI_YES);
		MEMDEV(.model = "nvdimm", .path = "/x"));
	ROW("memory-devices", "nvdimm, not known of", LIVE, "VSM4206 policy,VSM6002",
		MEMDEV(.model = "nvdimm", .path = "/x"));
	ROW("memory-devices", "nvdimm, absent", LIVE, "VSM4206:false policy",
		PATHS(PATH_MEMORY, "/x", TRI_NO);
		MEMDEV(.model = "nvdimm", .path = "/x"));
	ROW("memory-devices", "nvdimm, absent, allowed", LIVE, "VSM4206 policy",
		PATHS(PATH_MEMORY, "/x", TRI_NO);
		MEMDEV(.model = "nvdimm", .path = "/x"); config.refuse_memory_file = false);
	ROW("memory-devices", "enclave", LIVE, "VSM4206:false", MEMDEV(.model = "sgx-epc"));
	ROW("memory-source", "offered", LIVE, "", f->config.memory_source = "memfd");
	ROW("memory-source", "files", LIVE, "VSM6002", f->config.memory_source = "file");
	ROW("memory-source", "files, only defined", OFFLINE, "", f->config.memory_source = "file");
	ROW("memory-source", "not offered", LIVE, "VSM4207:false",
		f->config.memory_source = "hugetlb");
}
END_TEST

#endif
