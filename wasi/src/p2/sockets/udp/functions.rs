//! What guests call of UDP: from handles to sockets and streams, and back.

use super::socket::UdpSocket;
use super::streams::{IncomingDatagram, IncomingDatagrams, OutgoingDatagram, OutgoingDatagrams};
use crate::network::Protocol;
use crate::p2::io::{DynPollable, Pollable, subscribe};
use crate::p2::sockets::network::{Network, Outcome, told};
use crate::p2::sockets::types::{ErrorCode, IpAddressFamily, IpSocketAddress};
use crate::p2::{WasiCtxView, WasiView, functions, resource, value, versioned};
use crate::price;
use sarsen::Result;
use sarsen_component::{Linker, Resource};

type Socket = Resource<UdpSocket>;
type Incoming = Resource<IncomingDatagrams>;
type Outgoing = Resource<OutgoingDatagrams>;

pub(in crate::p2::sockets) fn define<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut create = linker.instance(&versioned("wasi:sockets/udp-create-socket"))?;
    functions! { create, told;
        "create-udp-socket" = udp_create(family: IpAddressFamily);
    }
    let mut linker = linker.instance(&versioned("wasi:sockets/udp"))?;
    resource::<T, UdpSocket>(&mut linker, "udp-socket")?;
    resource::<T, IncomingDatagrams>(&mut linker, "incoming-datagram-stream")?;
    resource::<T, OutgoingDatagrams>(&mut linker, "outgoing-datagram-stream")?;
    functions! { linker, told;
        "[method]udp-socket.start-bind"
            = udp_start_bind(socket: Socket, network: Resource<Network>, address: IpSocketAddress);
        "[method]udp-socket.finish-bind" = udp_finish_bind(socket: Socket);
        "[method]udp-socket.stream" = udp_stream(socket: Socket, remote: Option<IpSocketAddress>);
        "[method]udp-socket.local-address" = udp_local_address(socket: Socket);
        "[method]udp-socket.remote-address" = udp_remote_address(socket: Socket);
        "[method]udp-socket.unicast-hop-limit" = udp_hop_limit(socket: Socket);
        "[method]udp-socket.set-unicast-hop-limit" = udp_set_hop_limit(socket: Socket, value: u8);
        "[method]udp-socket.receive-buffer-size" = udp_receive_buffer(socket: Socket);
        "[method]udp-socket.set-receive-buffer-size" = udp_set_receive_buffer(socket: Socket, value: u64);
        "[method]udp-socket.send-buffer-size" = udp_send_buffer(socket: Socket);
        "[method]udp-socket.set-send-buffer-size" = udp_set_send_buffer(socket: Socket, value: u64);
        "[method]incoming-datagram-stream.receive" = udp_receive(stream: Incoming, max: u64);
        "[method]outgoing-datagram-stream.check-send" = udp_check_send(stream: Outgoing);
        "[method]outgoing-datagram-stream.send" = udp_send(stream: Outgoing, datagrams: Vec<OutgoingDatagram>);
    }
    functions! { linker, value;
        "[method]udp-socket.address-family" = udp_address_family(socket: Socket);
        "[method]udp-socket.subscribe" = udp_subscribe(socket: Socket);
        "[method]incoming-datagram-stream.subscribe" = udp_subscribe(stream: Incoming);
        "[method]outgoing-datagram-stream.subscribe" = udp_subscribe(stream: Outgoing);
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn udp_create(&mut self, family: IpAddressFamily) -> Outcome<Socket> {
        let (policy, open_files) = (&self.ctx.host.network, &self.ctx.host.open_files);
        if !policy.allows_protocol(Protocol::Udp) {
            return Err(ErrorCode::AccessDenied.into());
        }
        Ok(self.table.push(UdpSocket::new(family, policy.clone(), open_files)?)?)
    }

    fn udp_start_bind(
        &mut self,
        socket: Socket,
        network: Resource<Network>,
        address: IpSocketAddress,
    ) -> Outcome {
        self.table.get(&network)?;
        Ok(self.table.get_mut(&socket)?.start_bind(address.into())?)
    }

    fn udp_finish_bind(&mut self, socket: Socket) -> Outcome {
        Ok(self.table.get_mut(&socket)?.finish_bind()?)
    }

    fn udp_stream(
        &mut self,
        socket: Socket,
        remote: Option<IpSocketAddress>,
    ) -> Outcome<(Incoming, Outgoing)> {
        let streams = self.table.get_mut(&socket)?.stream(remote.map(Into::into))?;
        Ok((self.table.push(streams.0)?, self.table.push(streams.1)?))
    }

    fn udp_local_address(&mut self, socket: Socket) -> Outcome<IpSocketAddress> {
        Ok(self.table.get(&socket)?.local_address()?.into())
    }

    fn udp_remote_address(&mut self, socket: Socket) -> Outcome<IpSocketAddress> {
        Ok(self.table.get(&socket)?.remote_address()?.into())
    }

    fn udp_address_family(&mut self, socket: Socket) -> Result<IpAddressFamily> {
        Ok(self.table.get(&socket)?.family)
    }

    fn udp_hop_limit(&mut self, socket: Socket) -> Outcome<u8> {
        Ok(self.table.get(&socket)?.hop_limit()?)
    }

    fn udp_set_hop_limit(&mut self, socket: Socket, value: u8) -> Outcome {
        Ok(self.table.get(&socket)?.set_hop_limit(value)?)
    }

    fn udp_receive_buffer(&mut self, socket: Socket) -> Outcome<u64> {
        Ok(self.table.get(&socket)?.receive_buffer()?)
    }

    fn udp_set_receive_buffer(&mut self, socket: Socket, value: u64) -> Outcome {
        Ok(self.table.get(&socket)?.set_receive_buffer(value)?)
    }

    fn udp_send_buffer(&mut self, socket: Socket) -> Outcome<u64> {
        Ok(self.table.get(&socket)?.send_buffer()?)
    }

    fn udp_set_send_buffer(&mut self, socket: Socket, value: u64) -> Outcome {
        Ok(self.table.get(&socket)?.set_send_buffer(value)?)
    }

    fn udp_receive(&mut self, stream: Incoming, max: u64) -> Outcome<Vec<IncomingDatagram>> {
        let note = || self.ctx.unpaid += price::REQUEST;
        self.table.get_mut(&stream)?.receive(max, note)
    }

    fn udp_check_send(&mut self, stream: Outgoing) -> Outcome<u64> {
        self.table.get_mut(&stream)?.check_send()
    }

    fn udp_send(&mut self, stream: Outgoing, datagrams: Vec<OutgoingDatagram>) -> Outcome<u64> {
        self.ctx.unpaid += datagrams.len() as u64 * price::REQUEST;
        self.table.get_mut(&stream)?.send(datagrams)
    }

    fn udp_subscribe<P: Pollable>(&mut self, source: Resource<P>) -> Result<Resource<DynPollable>> {
        Ok(subscribe(self.table, &source)?)
    }
}
