/*
 * libvirt's types, made to free themselves: `auto_dom virDomainPtr dom = ...;`
 */
#ifndef VSMIGD_HV_VIRT_H
#define VSMIGD_HV_VIRT_H

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#define VIRT_AUTO(type, name, unref)                                                               \
	static inline void virt_##name##_freep(type *p)                                            \
	{                                                                                          \
		if (*p)                                                                            \
			unref(*p);                                                                 \
	}

VIRT_AUTO(virDomainPtr, dom, virDomainFree)
VIRT_AUTO(virNetworkPtr, net, virNetworkFree)
VIRT_AUTO(virStoragePoolPtr, pool, virStoragePoolFree)
VIRT_AUTO(virStorageVolPtr, vol, virStorageVolFree)
VIRT_AUTO(virSecretPtr, secret, virSecretFree)
VIRT_AUTO(virInterfacePtr, iface, virInterfaceFree)
VIRT_AUTO(virNWFilterPtr, nwfilter, virNWFilterFree)

#define auto_dom __attribute__((cleanup(virt_dom_freep)))
#define auto_net __attribute__((cleanup(virt_net_freep)))
#define auto_pool __attribute__((cleanup(virt_pool_freep)))
#define auto_vol __attribute__((cleanup(virt_vol_freep)))
#define auto_secret __attribute__((cleanup(virt_secret_freep)))
#define auto_iface __attribute__((cleanup(virt_iface_freep)))
#define auto_nwfilter __attribute__((cleanup(virt_nwfilter_freep)))

#endif
