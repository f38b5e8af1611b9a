//! What guests call of TCP: from handles to sockets and back.

use super::socket::TcpSocket;
use crate::network::Protocol;
use crate::p2::io::{DynInputStream, DynOutputStream, DynPollable, subscribe};
use crate::p2::sockets::network::{Network, Outcome, told};
use crate::p2::sockets::types::{ErrorCode, IpAddressFamily, IpSocketAddress};
use crate::p2::{WasiCtxView, WasiView, functions, resource, value, versioned};
use sarsen::Result;
use sarsen_component::{ComponentType, Lift, Linker, Lower, Resource};
use std::net::Shutdown;

type Socket = Resource<TcpSocket>;
type Input = Resource<DynInputStream>;
type Output = Resource<DynOutputStream>;

/// Which direction of a connection ends.
#[derive(ComponentType, Lift, Lower, Clone, Copy, PartialEq, Eq, Debug)]
#[component(enum)]
#[repr(u8)]
enum ShutdownType {
    #[component(name = "receive")]
    Receive,
    #[component(name = "send")]
    Send,
    #[component(name = "both")]
    Both,
}

pub(in crate::p2::sockets) fn define<T: WasiView + 'static>(linker: &mut Linker<T>) -> Result<()> {
    let mut create = linker.instance(&versioned("wasi:sockets/tcp-create-socket"))?;
    functions! { create, told;
        "create-tcp-socket" = tcp_create(family: IpAddressFamily);
    }
    let mut linker = linker.instance(&versioned("wasi:sockets/tcp"))?;
    resource::<T, TcpSocket>(&mut linker, "tcp-socket")?;
    functions! { linker, told;
        "[method]tcp-socket.start-bind"
            = tcp_start_bind(socket: Socket, network: Resource<Network>, address: IpSocketAddress);
        "[method]tcp-socket.finish-bind" = tcp_finish_bind(socket: Socket);
        "[method]tcp-socket.start-connect"
            = tcp_start_connect(socket: Socket, network: Resource<Network>, address: IpSocketAddress);
        "[method]tcp-socket.finish-connect" = tcp_finish_connect(socket: Socket);
        "[method]tcp-socket.start-listen" = tcp_start_listen(socket: Socket);
        "[method]tcp-socket.finish-listen" = tcp_finish_listen(socket: Socket);
        "[method]tcp-socket.accept" = tcp_accept(socket: Socket);
        "[method]tcp-socket.local-address" = tcp_local_address(socket: Socket);
        "[method]tcp-socket.remote-address" = tcp_remote_address(socket: Socket);
        "[method]tcp-socket.shutdown" = tcp_shutdown(socket: Socket, how: ShutdownType);
        "[method]tcp-socket.set-listen-backlog-size" = tcp_set_backlog(socket: Socket, value: u64);
        "[method]tcp-socket.keep-alive-enabled" = tcp_keep_alive(socket: Socket);
        "[method]tcp-socket.set-keep-alive-enabled" = tcp_set_keep_alive(socket: Socket, value: bool);
        "[method]tcp-socket.keep-alive-idle-time" = tcp_idle_time(socket: Socket);
        "[method]tcp-socket.set-keep-alive-idle-time" = tcp_set_idle_time(socket: Socket, value: u64);
        "[method]tcp-socket.keep-alive-interval" = tcp_interval(socket: Socket);
        "[method]tcp-socket.set-keep-alive-interval" = tcp_set_interval(socket: Socket, value: u64);
        "[method]tcp-socket.keep-alive-count" = tcp_count(socket: Socket);
        "[method]tcp-socket.set-keep-alive-count" = tcp_set_count(socket: Socket, value: u32);
        "[method]tcp-socket.hop-limit" = tcp_hop_limit(socket: Socket);
        "[method]tcp-socket.set-hop-limit" = tcp_set_hop_limit(socket: Socket, value: u8);
        "[method]tcp-socket.receive-buffer-size" = tcp_receive_buffer(socket: Socket);
        "[method]tcp-socket.set-receive-buffer-size" = tcp_set_receive_buffer(socket: Socket, value: u64);
        "[method]tcp-socket.send-buffer-size" = tcp_send_buffer(socket: Socket);
        "[method]tcp-socket.set-send-buffer-size" = tcp_set_send_buffer(socket: Socket, value: u64);
    }
    functions! { linker, value;
        "[method]tcp-socket.is-listening" = tcp_is_listening(socket: Socket);
        "[method]tcp-socket.address-family" = tcp_address_family(socket: Socket);
        "[method]tcp-socket.subscribe" = tcp_subscribe(socket: Socket);
    }
    Ok(())
}

impl WasiCtxView<'_> {
    fn tcp_create(&mut self, family: IpAddressFamily) -> Outcome<Socket> {
        if !self.ctx.host.network.allows_protocol(Protocol::Tcp) {
            return Err(ErrorCode::AccessDenied.into());
        }
        Ok(self.table.push(TcpSocket::new(family, &self.ctx.host.open_files)?)?)
    }

    fn tcp_start_bind(
        &mut self,
        socket: Socket,
        network: Resource<Network>,
        address: IpSocketAddress,
    ) -> Outcome {
        self.table.get(&network)?;
        Ok(self.table.get_mut(&socket)?.start_bind(&self.ctx.host.network, address.into())?)
    }

    fn tcp_finish_bind(&mut self, socket: Socket) -> Outcome {
        Ok(self.table.get_mut(&socket)?.finish_bind()?)
    }

    fn tcp_start_connect(
        &mut self,
        socket: Socket,
        network: Resource<Network>,
        address: IpSocketAddress,
    ) -> Outcome {
        self.table.get(&network)?;
        Ok(self.table.get_mut(&socket)?.start_connect(&self.ctx.host.network, address.into())?)
    }

    fn tcp_finish_connect(&mut self, socket: Socket) -> Outcome<(Input, Output)> {
        let (input, output) = self.table.get_mut(&socket)?.finish_connect()?;
        Ok((self.table.push(DynInputStream::new(input))?, self.table.push(DynOutputStream::new(output))?))
    }

    fn tcp_start_listen(&mut self, socket: Socket) -> Outcome {
        Ok(self.table.get_mut(&socket)?.start_listen()?)
    }

    fn tcp_finish_listen(&mut self, socket: Socket) -> Outcome {
        Ok(self.table.get_mut(&socket)?.finish_listen()?)
    }

    fn tcp_accept(&mut self, socket: Socket) -> Outcome<(Socket, Input, Output)> {
        let (accepted, input, output) = self.table.get_mut(&socket)?.accept(&self.ctx.host.open_files)?;
        let accepted = self.table.push(accepted)?;
        let input = self.table.push(DynInputStream::new(input))?;
        Ok((accepted, input, self.table.push(DynOutputStream::new(output))?))
    }

    fn tcp_local_address(&mut self, socket: Socket) -> Outcome<IpSocketAddress> {
        Ok(self.table.get(&socket)?.local_address()?.into())
    }

    fn tcp_remote_address(&mut self, socket: Socket) -> Outcome<IpSocketAddress> {
        Ok(self.table.get(&socket)?.remote_address()?.into())
    }

    fn tcp_shutdown(&mut self, socket: Socket, how: ShutdownType) -> Outcome {
        let how = match how {
            ShutdownType::Receive => Shutdown::Read,
            ShutdownType::Send => Shutdown::Write,
            ShutdownType::Both => Shutdown::Both,
        };
        Ok(self.table.get_mut(&socket)?.shutdown(how)?)
    }

    fn tcp_is_listening(&mut self, socket: Socket) -> Result<bool> {
        Ok(self.table.get(&socket)?.is_listening())
    }

    fn tcp_address_family(&mut self, socket: Socket) -> Result<IpAddressFamily> {
        Ok(self.table.get(&socket)?.family)
    }

    fn tcp_subscribe(&mut self, socket: Socket) -> Result<Resource<DynPollable>> {
        Ok(subscribe(self.table, &socket)?)
    }
}

/// The options, which are got and set.
impl WasiCtxView<'_> {
    fn tcp_set_backlog(&mut self, socket: Socket, value: u64) -> Outcome {
        Ok(self.table.get_mut(&socket)?.set_backlog(value)?)
    }

    fn tcp_keep_alive(&mut self, socket: Socket) -> Outcome<bool> {
        Ok(self.table.get(&socket)?.keep_alive()?)
    }

    fn tcp_set_keep_alive(&mut self, socket: Socket, value: bool) -> Outcome {
        Ok(self.table.get(&socket)?.set_keep_alive(value)?)
    }

    fn tcp_idle_time(&mut self, socket: Socket) -> Outcome<u64> {
        Ok(self.table.get(&socket)?.idle_time()?)
    }

    fn tcp_set_idle_time(&mut self, socket: Socket, value: u64) -> Outcome {
        Ok(self.table.get(&socket)?.set_idle_time(value)?)
    }

    fn tcp_interval(&mut self, socket: Socket) -> Outcome<u64> {
        Ok(self.table.get(&socket)?.interval()?)
    }

    fn tcp_set_interval(&mut self, socket: Socket, value: u64) -> Outcome {
        Ok(self.table.get(&socket)?.set_interval(value)?)
    }

    fn tcp_count(&mut self, socket: Socket) -> Outcome<u32> {
        Ok(self.table.get(&socket)?.count()?)
    }

    fn tcp_set_count(&mut self, socket: Socket, value: u32) -> Outcome {
        Ok(self.table.get(&socket)?.set_count(value)?)
    }

    fn tcp_hop_limit(&mut self, socket: Socket) -> Outcome<u8> {
        Ok(self.table.get(&socket)?.hop_limit()?)
    }

    fn tcp_set_hop_limit(&mut self, socket: Socket, value: u8) -> Outcome {
        Ok(self.table.get(&socket)?.set_hop_limit(value)?)
    }

    fn tcp_receive_buffer(&mut self, socket: Socket) -> Outcome<u64> {
        Ok(self.table.get(&socket)?.receive_buffer()?)
    }

    fn tcp_set_receive_buffer(&mut self, socket: Socket, value: u64) -> Outcome {
        Ok(self.table.get(&socket)?.set_receive_buffer(value)?)
    }

    fn tcp_send_buffer(&mut self, socket: Socket) -> Outcome<u64> {
        Ok(self.table.get(&socket)?.send_buffer()?)
    }

    fn tcp_set_send_buffer(&mut self, socket: Socket, value: u64) -> Outcome {
        Ok(self.table.get(&socket)?.set_send_buffer(value)?)
    }
}
